#include "storage/migrate.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "storage/migrations/embedded.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

// The dump without what differs from machine to machine and from run to run.
std::string schema_of(const std::string& database)
{
    std::istringstream dump{
        Cluster::instance().run(fmt::format("pg_dump -h {} -U postgres --schema-only --schema=tessera {}",
                                            Cluster::instance().directory().string(), database))};
    std::string schema;
    for (std::string line; std::getline(dump, line);) {
        const bool varies = line.starts_with("-- Dumped") || line.starts_with("\\restrict")
                            || line.starts_with("\\unrestrict");
        if (!varies) {
            schema += line + "\n";
        }
    }
    return schema;
}

std::string text_of(const std::string& path)
{
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

std::size_t applied_now(const std::vector<AppliedMigration>& migrations)
{
    return static_cast<std::size_t>(
        std::count_if(migrations.begin(), migrations.end(), [](const auto& each) { return each.now; }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(migrations)

// TESSERA_WRITE_SCHEMA=1 writes the file instead (docs/guides/adding-a-migration.md).
BOOST_AUTO_TEST_CASE(schema_sql_is_the_sum_of_the_migrations)
{
    Database database;
    const std::string schema = schema_of(database.name());
    if (std::getenv("TESSERA_WRITE_SCHEMA") != nullptr) {
        std::ofstream{SCHEMA_SQL} << schema;
    }
    BOOST_TEST((schema == text_of(SCHEMA_SQL)),
               "storage/schema.sql is out of date; run with TESSERA_WRITE_SCHEMA=1");
}

BOOST_AUTO_TEST_CASE(a_second_run_applies_nothing_and_changes_nothing)
{
    EmptyDatabase database;
    BOOST_TEST(applied_now(must(migrate(database.owner_url()))) == embedded_migrations().size());
    const std::string schema = schema_of(database.name());
    BOOST_TEST(applied_now(must(migrate(database.owner_url()))) == 0U);
    BOOST_TEST((schema_of(database.name()) == schema));
    BOOST_TEST(must(is_current(database.url(), "tessera_app")));
}

BOOST_AUTO_TEST_CASE(a_superuser_makes_what_tessera_owner_owns)
{
    EmptyDatabase database;
    must(migrate(database.url() + " user=postgres"));
    BOOST_TEST((schema_of(database.name()) == text_of(SCHEMA_SQL)));
    BOOST_TEST(applied_now(must(migrate(database.owner_url()))) == 0U);
}

BOOST_AUTO_TEST_CASE(of_several_at_once_each_migration_is_applied_by_one)
{
    EmptyDatabase database;
    std::atomic<std::size_t> applied = 0;
    {
        std::vector<std::jthread> runs;
        for (int i = 0; i < 6; ++i) {
            runs.emplace_back([&] {
                const auto migrations = migrate(database.owner_url());
                if (migrations) {
                    applied += applied_now(migrations.value());
                } else {
                    applied += 1000;
                }
            });
        }
    }
    BOOST_TEST(applied == embedded_migrations().size());
}

// FI-09: whichever statement a kill hits, running again finishes and ends at the same schema.
BOOST_AUTO_TEST_CASE(a_run_that_is_killed_is_finished_by_the_next)
{
    for (int round = 0; round < 12; ++round) {
        EmptyDatabase database;
        std::jthread run{[&] { static_cast<void>(migrate(database.owner_url())); }};
        for (int kills = 0; kills < 1 + round; ++kills) {
            database.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tessera_owner' "
                "AND datname = current_database()");
        }
        run.join();
        must(migrate(database.owner_url()));
        BOOST_TEST((schema_of(database.name()) == text_of(SCHEMA_SQL)));
    }
}

BOOST_AUTO_TEST_CASE(a_database_ahead_of_the_binary_is_refused)
{
    Database database;
    database.query(
        "INSERT INTO tessera.migrations (number, name, digest) VALUES (9999, 'from_the_future', 'x')");
    const auto migrated = migrate(database.owner_url());
    BOOST_REQUIRE(!migrated);
    BOOST_TEST(migrated.error().fault == StoreFault::conflict);
    BOOST_TEST(migrated.error().detail.find("9999 (from_the_future)") != std::string::npos);
    BOOST_TEST(!is_current(database.url(), "tessera_app"));
}

BOOST_AUTO_TEST_CASE(a_migration_applied_with_another_content_is_refused)
{
    Database database;
    database.query("UPDATE tessera.migrations SET digest = 'other' WHERE number = 1");
    const auto migrated = migrate(database.owner_url());
    BOOST_REQUIRE(!migrated);
    BOOST_TEST(migrated.error().fault == StoreFault::conflict);
}

BOOST_AUTO_TEST_CASE(a_database_without_the_schema_is_not_current)
{
    Database migrated;
    EmptyDatabase database;
    BOOST_TEST(!must(is_current(database.url(), "tessera_app")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
