#include <thread>

#include "storage/connection_pqxx.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

constexpr Statement sleep_long = {"test.sleep", "tessera_app", "SELECT pg_sleep($1)"};

}  // namespace

BOOST_AUTO_TEST_SUITE(pool)

BOOST_AUTO_TEST_CASE(the_cap_holds_and_waiting_ends)
{
    Database database;
    PoolOptions options = database.options("tessera_app");
    options.connections_max = 2;
    options.wait_max = Milliseconds{50};
    Pool pool{options};
    auto first = must(pool.lease());
    {
        auto second = must(pool.lease());
        const auto third = pool.lease();
        BOOST_REQUIRE(!third);
        BOOST_TEST(third.error().fault == StoreFault::timeout);
    }
    must(pool.lease());
}

BOOST_AUTO_TEST_CASE(a_waiter_gets_the_connection_that_comes_free)
{
    Database database;
    PoolOptions options = database.options("tessera_app");
    options.connections_max = 1;
    options.wait_max = Milliseconds{10'000};
    Pool pool{options};
    std::optional<Pool::Lease> held{must(pool.lease())};
    std::jthread waiter{[&] { must(pool.lease()); }};
    held.reset();
}

BOOST_AUTO_TEST_CASE(the_first_lease_after_a_restart_works)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    {
        auto first = database.in(project);
        auto second = database.in(project);
    }
    Cluster::instance().stop("immediate");
    const auto down = Transaction::begin(database.app, RealmScope{project});
    BOOST_REQUIRE(!down);
    BOOST_TEST(down.error().fault == StoreFault::unavailable);
    Cluster::instance().start();
    auto transaction = database.in(project);
    BOOST_TEST(must(find_project(transaction, project)).has_value());
}

BOOST_AUTO_TEST_CASE(idle_connections_that_died_meanwhile_are_not_handed_out)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    must(append_audit_batch(database.audit, {{make_event(project, at_s(1)), {}}}));
    Cluster::instance().stop("fast");
    Cluster::instance().start();
    // One statement without a transaction, which could not be tried twice.
    must(append_audit_batch(database.audit, {{make_event(project, at_s(2)), {}}}));
}

BOOST_AUTO_TEST_CASE(a_backend_that_is_killed_inside_a_transaction_is_unavailable_and_the_next_works)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    {
        auto transaction = database.in(project);
        database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tessera_app'");
        const auto lost = find_project(transaction, project);
        BOOST_REQUIRE(!lost);
        BOOST_TEST(lost.error().fault == StoreFault::unavailable);
        BOOST_TEST(!transaction.commit());
    }
    auto transaction = database.in(project);
    must(find_project(transaction, project));
}

BOOST_AUTO_TEST_CASE(a_statement_beyond_its_time_is_a_timeout)
{
    Database database;
    PoolOptions options = database.options("tessera_app");
    options.statement_max = Milliseconds{50};
    Pool pool{options};
    auto transaction = must(Transaction::begin(pool, RealmScope{ProjectId::random()}));
    const auto slept = run(transaction, sleep_long, 30);
    BOOST_REQUIRE(!slept);
    BOOST_TEST(slept.error().fault == StoreFault::timeout);
}

BOOST_AUTO_TEST_CASE(a_lock_held_by_another_is_a_timeout)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    auto holder = database.in(project);
    BOOST_TEST(must(set_project_disabled(holder, project, true)));
    PoolOptions options = database.options("tessera_app");
    options.lock_max = Milliseconds{50};
    Pool pool{options};
    auto transaction = must(Transaction::begin(pool, RealmScope{project}));
    const auto blocked = set_project_disabled(transaction, project, false);
    BOOST_REQUIRE(!blocked);
    BOOST_TEST(blocked.error().fault == StoreFault::timeout);
}

BOOST_AUTO_TEST_CASE(a_failed_transaction_does_not_commit_with_success)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    {
        auto transaction = database.in(project);
        BOOST_TEST(must(set_project_disabled(transaction, project, true)));
        BOOST_TEST(!update_project(transaction, project, Database::named(""), 0));
        const auto committed = transaction.commit();
        BOOST_REQUIRE(!committed);
        BOOST_TEST(committed.error().fault == StoreFault::invalid);
    }
    auto transaction = database.in(project);
    BOOST_TEST(!must(find_project(transaction, project))->disabled);
}

BOOST_AUTO_TEST_CASE(nul_and_broken_utf8_are_invalid_and_do_not_cost_the_connection)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    for (const std::string& text :
         {std::string{"a\0b", 3}, std::string{"\xff\xfe"}, std::string{"\xed\xa0\x80"}}) {
        auto transaction = database.in(project);
        const auto written = update_project(transaction, project, Database::named(text), 0);
        BOOST_REQUIRE(!written);
        BOOST_TEST(written.error().fault == StoreFault::invalid);
    }
    AuditRow row = make_event(project, at_s(1));
    row.user_agent = std::string{"a\0b", 3};
    const auto appended = append_audit_batch(database.audit, {{row, {}}});
    BOOST_REQUIRE(!appended);
    BOOST_TEST(appended.error().fault == StoreFault::invalid);
    const auto backends =
        database.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'tessera_app'");
    BOOST_TEST(backends[0][0].as<int>() == 1);
}

BOOST_AUTO_TEST_CASE(both_forms_of_a_database_url_work)
{
    Database database;
    PoolOptions options = database.options("tessera_app");
    options.database_url =
        "postgresql:///" + database.name() + "?host=" + Cluster::instance().directory().string();
    Pool pool{options};
    must(pool.lease());
    options.database_url = "this is no url";
    Pool malformed{options};
    BOOST_TEST(!malformed.lease());
}

BOOST_AUTO_TEST_CASE(a_transaction_leaves_no_realm_behind_on_its_connection)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    {
        auto transaction = database.in(project);
        must(transaction.commit());
    }
    auto lease = must(database.app.lease());
    pqxx::nontransaction work{lease->raw()};
    BOOST_TEST(work.exec("SELECT count(*) FROM tessera.projects")[0][0].as<int>() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
