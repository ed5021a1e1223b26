// What is over is deleted, a little at a time, and in nobody's way.
#include "daemon/jobs/expiry.hpp"
#include "storage/repositories/expiry.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

struct Counters {
    Database database;
    std::string project = to_string(database.make_project("acme").uuid);

    void add(int count, const std::string& end, const std::string& mark)
    {
        database.query("INSERT INTO tessera.rate_counters SELECT '" + project + "', sha256(('" + mark
                       + "' || i)::bytea), " + end + ", 1 FROM generate_series(1, " + std::to_string(count)
                       + ") i");
    }
    int left() const { return database.query("SELECT count(*) FROM tessera.rate_counters")[0][0].as<int>(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(expiry)

BOOST_AUTO_TEST_CASE(every_table_with_an_end_is_on_the_list)
{
    const Database database;
    const auto rows = database.query(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'tessera' "
        "AND column_name IN ('expire_time', 'window_end') AND table_name NOT IN "
        // With their flow or client; a secret that has expired is shown to operators until they delete it.
        "('email_codes', 'client_secrets')");
    for (const auto& row : rows) {
        const auto name = row[0].as<std::string>();
        BOOST_TEST((std::ranges::find(expiring_tables(), std::string_view{name}) != expiring_tables().end()),
                   name);
    }
    BOOST_TEST(rows.size() > 8U);
}

BOOST_AUTO_TEST_CASE(only_what_is_over_goes_and_at_most_a_batch)
{
    Counters counters;
    counters.add(25, "now() - interval '1 hour'", "old");
    counters.add(5, "now() + interval '1 hour'", "new");
    BOOST_TEST(must(delete_expired(counters.database.system, "rate_counters", 10)) == 10U);
    BOOST_TEST(must(delete_expired(counters.database.system, "rate_counters", 10)) == 10U);
    BOOST_TEST(must(delete_expired(counters.database.system, "rate_counters", 10)) == 5U);
    BOOST_TEST(must(delete_expired(counters.database.system, "rate_counters", 10)) == 0U);
    BOOST_TEST(counters.left() == 5);
}

BOOST_AUTO_TEST_CASE(a_row_in_use_is_left_and_nobody_waits)
{
    Counters counters;
    counters.add(3, "now() - interval '1 hour'", "old");
    auto connection = counters.database.connect("tessera_owner");
    pqxx::work request{connection};
    request.exec("SELECT set_config('tessera.project_id', '" + counters.project + "', true)");
    request.exec("SELECT 1 FROM tessera.rate_counters LIMIT 1 FOR UPDATE");
    // lock_timeout would fail it; it does not even wait.
    BOOST_TEST(must(delete_expired(counters.database.system, "rate_counters", 10)) == 2U);
    request.commit();
    BOOST_TEST(must(delete_expired(counters.database.system, "rate_counters", 10)) == 1U);
}

BOOST_AUTO_TEST_CASE(a_request_waits_for_one_batch_at_most)
{
    Counters counters;
    counters.add(5000, "now() - interval '1 hour'", "old");
    counters.add(1, "now() + interval '1 hour'", "mine");
    const SystemClock clock;
    jobs::ExpiryState state;
    std::size_t batches = 0;
    Milliseconds longest{0};
    for (bool more = true; more;) {
        const Tick before = clock.tick();
        const auto step = jobs::run_expiry(state, counters.database.system, clock);
        BOOST_REQUIRE(step.has_value());
        BOOST_TEST(step.value().deleted <= jobs::expiry_batch);
        batches += step.value().deleted > 0 ? 1 : 0;
        more = step.value().more;
        // Between two batches nothing is held: a request's own row is free.
        auto connection = counters.database.connect("tessera_owner");
        pqxx::work request{connection};
        request.exec("SET LOCAL lock_timeout = '1ms'");
        request.exec("SELECT set_config('tessera.project_id', '" + counters.project + "', true)");
        request.exec("UPDATE tessera.rate_counters SET count = count + 1");
        longest = std::max(longest, std::chrono::duration_cast<Milliseconds>(clock.tick() - before));
        request.abort();
    }
    BOOST_TEST(batches == 5U);
    BOOST_TEST(longest < Milliseconds{5000});
    BOOST_TEST(counters.left() == 1);
    // The next round is a minute away.
    BOOST_TEST(must(jobs::run_expiry(state, counters.database.system, clock)).deleted == 0U);
}

BOOST_AUTO_TEST_CASE(every_statement_runs_as_its_role)
{
    const Database database;
    Pool system{database.options("tessera_system")};
    for (const std::string_view table : expiring_tables()) {
        BOOST_TEST(must(delete_expired(system, table, 10)) == 0U, table);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
