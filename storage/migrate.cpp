#include "storage/migrate.hpp"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include "base/digest.hpp"
#include "storage/connection_pqxx.hpp"
#include "storage/conninfo.hpp"
#include "storage/migrations/embedded.hpp"

namespace tessera::storage {

namespace {

constexpr const char* lock = "SELECT pg_advisory_lock(7236828341)";
// A superuser may bring up a database; what is made belongs to tessera_owner all the same, whom row-level
// security binds.
constexpr const char* become_owner =
    "SET client_min_messages = warning; "
    "DO $$ BEGIN IF current_user <> 'tessera_owner' THEN "
    "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tessera_owner') THEN "
    "    CREATE ROLE tessera_owner LOGIN CREATEROLE; END IF; "
    "  EXECUTE format('GRANT CREATE ON DATABASE %I TO tessera_owner', current_database()); "
    "END IF; END $$; SET ROLE tessera_owner";
constexpr const char* prepare_ledger = "CREATE SCHEMA IF NOT EXISTS tessera; "
                                       "CREATE TABLE IF NOT EXISTS tessera.migrations (number integer "
                                       "PRIMARY KEY, name text NOT NULL, digest text NOT NULL, "
                                       "applied timestamptz NOT NULL DEFAULT now())";
constexpr const char* read_ledger = "SELECT number, name, digest FROM tessera.migrations ORDER BY number";

std::string digest_of(const Migration& migration) { return hex_encode(sha256(migration.sql)); }

Result<void, StoreError> check_ledger(const pqxx::result& applied)
{
    const auto& ours = embedded_migrations();
    for (const auto& row : applied) {
        const auto number = row[0].as<std::size_t>();
        if (number > ours.size()) {
            return StoreError{
                StoreFault::conflict,
                {},
                fmt::format("the database has migration {} ({}), this binary ends at {}: use a newer tessera",
                            number, row[1].c_str(), ours.size())};
        }
        if (digest_of(ours[number - 1]) != row[2].c_str()) {
            return StoreError{
                StoreFault::conflict,
                {},
                fmt::format("migration {} ({}) was applied with another content", number, row[1].c_str())};
        }
    }
    return ok();
}

void apply(pqxx::connection& connection, const Migration& migration)
{
    pqxx::nontransaction work{connection};
    work.exec(fmt::format(
        "BEGIN;\n{}\n;INSERT INTO tessera.migrations (number, name, digest) VALUES ({}, {}, {}); COMMIT",
        migration.sql, migration.number, work.quote(std::string{migration.name}),
        work.quote(digest_of(migration))));
}

}  // namespace

Result<std::vector<AppliedMigration>, StoreError> migrate(const std::string& owner_database_url)
{
    try {
        pqxx::connection connection{
            conninfo_with(owner_database_url, {{"application_name", "tessera-migrate"}})};
        forbid_reactivation(connection);
        pqxx::result applied;
        {
            pqxx::nontransaction work{connection};
            work.exec(lock);  // released with the connection
            work.exec(become_owner);
            work.exec(prepare_ledger);
            applied = work.exec(read_ledger);
        }
        TRY(check_ledger(applied));
        std::vector<AppliedMigration> all;
        for (const Migration& migration : embedded_migrations()) {
            const bool now = static_cast<std::size_t>(migration.number) > applied.size();
            if (now) {
                apply(connection, migration);
            }
            all.push_back({migration.number, std::string{migration.name}, now});
        }
        return all;
    } catch (const std::exception& error) {
        return to_store_error(error);
    }
}

Result<bool, StoreError> is_current(const std::string& database_url, const std::string& role)
{
    try {
        pqxx::connection connection{conninfo_with(database_url, {{"connect_timeout", "2"}, {"user", role}})};
        pqxx::nontransaction work{connection};
        const pqxx::result applied = work.exec(read_ledger);
        TRY(check_ledger(applied));
        return applied.size() == embedded_migrations().size();
    } catch (const pqxx::undefined_table&) {
        return false;
    } catch (const std::exception& error) {
        return to_store_error(error);
    }
}

}  // namespace tessera::storage
