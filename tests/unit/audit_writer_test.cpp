#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/audit/writer.hpp"

using namespace tessera;

namespace {

storage::PoolOptions nobody_there()
{
    return {.database_url = "host=/nonexistent-directory-of-a-test dbname=none connect_timeout=1",
            .role = "tessera_audit",
            .connections_max = 1,
            .wait_max = Milliseconds{50},
            .statement_max = Milliseconds{100},
            .lock_max = Milliseconds{100}};
}

storage::AuditEntry entry(const Clock& clock)
{
    return {audit::to_row(audit::Event{.type = audit::EventType::client_created}, clock.now()), std::nullopt};
}

struct Outcomes {
    int unavailable = 0;
    int other = 0;
};

Async<void> append_one(audit::Writer& writer, const Clock& clock, Outcomes& outcomes)
{
    const auto appended = co_await writer.append(entry(clock));
    const bool is_unavailable = !appended && appended.error().fault == storage::StoreFault::unavailable;
    ++(is_unavailable ? outcomes.unavailable : outcomes.other);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_writer)

BOOST_AUTO_TEST_CASE(without_a_store_every_append_fails_with_unavailable_and_nothing_hangs)
{
    const SystemClock clock;
    storage::Pool pool{nobody_there()};
    asio::io_context loop;
    Outcomes outcomes;
    audit::Writer writer{{.wait_max = Milliseconds{5000}}, pool, clock};
    for (int i = 0; i < 100; ++i) {
        asio::co_spawn(loop, append_one(writer, clock, outcomes), asio::detached);
    }
    loop.run();
    BOOST_TEST(outcomes.unavailable == 100);
    BOOST_TEST(outcomes.other == 0);
    BOOST_TEST(writer.waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_an_append_fails_at_once)
{
    const SystemClock clock;
    storage::Pool pool{nobody_there()};
    asio::io_context loop;
    Outcomes outcomes;
    audit::Writer writer{{.waiting_max = 0}, pool, clock};
    asio::co_spawn(loop, append_one(writer, clock, outcomes), asio::detached);
    loop.run();
    BOOST_TEST(outcomes.unavailable == 1);
}

BOOST_AUTO_TEST_CASE(a_request_that_goes_away_leaves_the_writer_whole)
{
    const SystemClock clock;
    storage::Pool pool{nobody_there()};
    Outcomes outcomes;
    auto loop = std::make_unique<asio::io_context>();
    audit::Writer writer{{}, pool, clock};
    asio::co_spawn(*loop, append_one(writer, clock, outcomes), asio::detached);
    loop->poll_one();
    // The frame is destroyed with the loop while its event waits or is being written.
    asio::io_context other;
    asio::co_spawn(other, append_one(writer, clock, outcomes), asio::detached);
    other.run();
    BOOST_TEST(outcomes.unavailable == 1);
}

BOOST_AUTO_TEST_SUITE_END()
