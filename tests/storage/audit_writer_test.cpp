// The group-commit writer against a real database: durable before it answers, once across writers.
#include <map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/audit/jobs.hpp"
#include "daemon/audit/writer.hpp"
#include "tests/storage/database.hpp"

using namespace tessera;
using namespace tessera::tests;

namespace {

storage::AuditEntry event(ProjectId project)
{
    return {make_event(project, at_s(1'700'000'000)), std::nullopt};
}

storage::AuditEntry once(ProjectId project, std::string_view value)
{
    storage::AuditEntry entry = event(project);
    entry.once = storage::OnceValue{project, "client_assertion", sha256(value), at_s(1'900'000'000)};
    return entry;
}

struct Outcomes {
    int written = 0;
    int replayed = 0;
    std::map<storage::StoreFault, int> failed;
};

Async<void> append(audit::Writer& writer, storage::AuditEntry entry, Outcomes& outcomes)
{
    const auto appended = co_await writer.append(std::move(entry));
    if (!appended) {
        ++outcomes.failed[appended.error().fault];
    } else {
        ++(appended.value() == storage::Appended::written ? outcomes.written : outcomes.replayed);
    }
}

std::int64_t count_events(const Database& database)
{
    return database.query("SELECT count(*) FROM tessera.audit_events")[0][0].as<std::int64_t>();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_writer)

BOOST_AUTO_TEST_CASE(a_thousand_concurrent_events_of_two_realms_are_all_durable)
{
    Database database;
    const SystemClock clock;
    const ProjectId realms[] = {database.make_project("a"), database.make_project("b")};
    asio::io_context loop;
    Outcomes outcomes;
    audit::Writer writer{{.wait_max = Milliseconds{20'000}}, database.audit, clock};
    for (int i = 0; i < 1000; ++i) {
        asio::co_spawn(loop, append(writer, event(realms[i % 2]), outcomes), asio::detached);
    }
    loop.run();
    BOOST_TEST(outcomes.written == 1000);
    BOOST_TEST(count_events(database) == 1000);
}

// SR-15: the same value in one batch, in later batches and through another front's writer.
BOOST_AUTO_TEST_CASE(a_once_only_value_is_written_once_whoever_brings_it)
{
    Database database;
    const SystemClock clock;
    const ProjectId realm = database.make_project("a");
    const ProjectId other = database.make_project("b");
    asio::io_context loop;
    Outcomes outcomes;
    Outcomes elsewhere;
    audit::Writer first{{.wait_max = Milliseconds{20'000}}, database.audit, clock};
    audit::Writer second{{.wait_max = Milliseconds{20'000}}, database.audit, clock};
    for (int i = 0; i < 40; ++i) {
        asio::co_spawn(loop, append(i % 2 == 0 ? first : second, once(realm, "jti"), outcomes),
                       asio::detached);
    }
    asio::co_spawn(loop, append(first, once(other, "jti"), elsewhere), asio::detached);
    loop.run();
    BOOST_TEST(outcomes.written == 1);
    BOOST_TEST(outcomes.replayed == 39);
    BOOST_TEST(elsewhere.written == 1);
    BOOST_TEST(count_events(database) == 2);
}

BOOST_AUTO_TEST_CASE(one_bad_row_fails_alone)
{
    Database database;
    const SystemClock clock;
    const ProjectId realm = database.make_project("a");
    asio::io_context loop;
    Outcomes outcomes;
    audit::Writer writer{{.wait_max = Milliseconds{20'000}}, database.audit, clock};
    for (int i = 0; i < 20; ++i) {
        storage::AuditEntry entry = event(realm);
        if (i == 7) {
            entry.row.result = "no such result";
        }
        asio::co_spawn(loop, append(writer, std::move(entry), outcomes), asio::detached);
    }
    loop.run();
    BOOST_TEST(outcomes.written == 19);
    BOOST_TEST(count_events(database) == 19);
    BOOST_TEST(outcomes.failed.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_background_step_positions_events_and_records_a_purge)
{
    Database database;
    auto settings = Database::named("A project");
    settings.audit_retention_days = 1;
    const ProjectId realm = database.make_project("a", settings);
    const FixedClock clock{at_s(1'700'000'000 + 3 * 24 * 3600)};
    {
        auto transaction = database.in(realm);
        must(storage::insert_audit_event(transaction, make_event(realm, at_s(1'700'000'000))));
        must(transaction.commit());
    }
    audit::JobState state;
    const auto report = must(audit::run_jobs(state, database.system, clock));
    BOOST_TEST(report.positioned == 1U);
    BOOST_TEST(report.purged == 1U);
    const auto left = database.query("SELECT type, project_id FROM tessera.audit_events");
    BOOST_REQUIRE(left.size() == 1);
    BOOST_TEST(left[0][0].as<std::string>() == "audit.purged");
    // Not again within the minute.
    BOOST_TEST(must(audit::run_jobs(state, database.system, clock)).purged == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
