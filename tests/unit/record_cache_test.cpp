#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/record_cache.hpp"

using namespace tessera;

namespace {

using Record = std::shared_ptr<const std::string>;
using Cache = RecordCache<std::string, std::hash<std::string>, Record>;

Record record(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

// What a look-up came to: an answer, or that it threw.
struct Outcome {
    std::optional<Cache::Loaded> answer;
    bool has_thrown = false;
};
using OutcomePtr = std::shared_ptr<Outcome>;  // the coroutine fills in what the test looks at

template <class Load>
Async<void> find(Cache& cache, std::string key, asio::thread_pool& threads, Load load, OutcomePtr outcome)
{
    try {
        outcome->answer.emplace(co_await cache.find(std::move(key), threads, std::move(load)));
    } catch (const std::runtime_error&) {
        outcome->has_thrown = true;
    }
}

// A cache whose look-ups answer `stored` and are counted; `gate` holds them on the pool's thread.
struct Bench {
    explicit Bench(RecordCacheLimits limits = {}) : cache(limits, clock, metrics, heard) { hear(); }
    ~Bench() { threads.join(); }

    void hear() { heard.store(clock.tick()); }

    OutcomePtr ask(const std::string& key)
    {
        const auto load = [this]() -> Cache::Loaded {
            ++looked_up;
            if (gate.valid()) {
                gate.wait();
            }
            if (breaks) {
                throw std::runtime_error{"the look-up broke"};
            }
            return stored;
        };
        auto outcome = std::make_shared<Outcome>();
        asio::co_spawn(loop, find(cache, key, threads, load, outcome), asio::detached);
        return outcome;
    }

    // Until nothing is under way.
    void run()
    {
        loop.restart();
        loop.run();
    }

    Record get(const std::string& key)
    {
        const auto outcome = ask(key);
        run();
        return outcome->answer.value().value();
    }

    FixedClock clock{from_unix_s(1'700'000'000)};
    Metrics metrics;
    ChangesHeard heard{Tick{}};
    asio::io_context loop;
    asio::thread_pool threads{2};
    std::atomic<int> looked_up{0};
    std::shared_future<void> gate;
    std::atomic<bool> breaks{false};
    Record stored = record("first");
    Cache cache;
};

constexpr Microseconds second{1'000'000};

}  // namespace

BOOST_AUTO_TEST_SUITE(record_cache)

BOOST_AUTO_TEST_CASE(a_record_is_read_once_while_changes_are_heard)
{
    Bench bench;
    BOOST_TEST(*bench.get("a") == "first");
    bench.clock.advance(3600 * second);
    bench.hear();
    BOOST_TEST(*bench.get("a") == "first");
    BOOST_TEST(bench.looked_up == 1);
}

BOOST_AUTO_TEST_CASE(without_changes_heard_a_record_lasts_a_second)
{
    Bench bench;
    bench.get("a");
    bench.clock.advance(second - Microseconds{1});
    bench.get("a");
    BOOST_TEST(bench.looked_up == 1);
    bench.clock.advance(Microseconds{1});
    bench.stored = record("second");
    BOOST_TEST(*bench.get("a") == "second");
    BOOST_TEST(bench.looked_up == 2);
}

BOOST_AUTO_TEST_CASE(an_absent_record_is_remembered_for_a_second)
{
    Bench bench;
    bench.stored = nullptr;
    BOOST_TEST(bench.get("a") == nullptr);
    BOOST_TEST(bench.get("a") == nullptr);
    BOOST_TEST(bench.looked_up == 1);
    bench.clock.advance(second);
    bench.hear();
    bench.stored = record("made meanwhile");
    BOOST_TEST(*bench.get("a") == "made meanwhile");
}

BOOST_AUTO_TEST_CASE(absent_keys_push_no_record_out)
{
    Bench bench{{.records_max = 2, .absent_max = 3}};
    bench.get("a");
    bench.get("b");
    bench.stored = nullptr;
    for (int i = 0; i < 100; ++i) {
        bench.get("made-up-" + std::to_string(i));
    }
    bench.looked_up = 0;
    BOOST_TEST(*bench.get("a") == "first");
    BOOST_TEST(*bench.get("b") == "first");
    BOOST_TEST(bench.looked_up == 0);
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_record_gives_way)
{
    Bench bench{{.records_max = 2}};
    bench.get("a");
    bench.get("b");
    bench.get("a");
    bench.get("c");
    bench.looked_up = 0;
    bench.get("a");
    bench.get("c");
    BOOST_TEST(bench.looked_up == 0);
    bench.get("b");
    BOOST_TEST(bench.looked_up == 1);
}

BOOST_AUTO_TEST_CASE(who_asks_for_a_key_that_is_looked_up_waits_for_the_same_answer)
{
    Bench bench;
    std::promise<void> open;
    bench.gate = open.get_future().share();
    std::vector<OutcomePtr> outcomes;
    for (int i = 0; i < 10; ++i) {
        outcomes.push_back(bench.ask("a"));
    }
    bench.loop.poll();
    open.set_value();
    bench.run();
    for (const OutcomePtr& outcome : outcomes) {
        BOOST_TEST(*outcome->answer.value().value() == "first");
    }
    BOOST_TEST(bench.looked_up == 1);
}

BOOST_AUTO_TEST_CASE(a_look_up_under_way_when_its_key_is_dropped_is_not_kept_and_not_joined)
{
    Bench bench;
    std::promise<void> open;
    bench.gate = open.get_future().share();
    const auto before = bench.ask("a");
    bench.loop.poll();
    bench.cache.drop("a");
    const auto after = bench.ask("a");
    bench.loop.poll();
    bench.stored = record("second");
    open.set_value();
    bench.run();
    BOOST_TEST(before->answer.value().has_value());
    BOOST_TEST(*after->answer.value().value() == "second");
    BOOST_TEST(bench.looked_up == 2);
}

BOOST_AUTO_TEST_CASE(strangers_beyond_their_share_are_refused_and_known_keys_are_not)
{
    Bench bench{{.strangers_max = 1}};
    bench.get("known");
    bench.cache.doubt_all();
    std::promise<void> open;
    bench.gate = open.get_future().share();
    const auto first = bench.ask("stranger");
    const auto another = bench.ask("another");
    const auto known = bench.ask("known");
    bench.loop.poll();
    open.set_value();
    bench.run();
    BOOST_TEST(first->answer.value().has_value());
    const auto refused = another->answer.value();
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(static_cast<int>(refused.error().fault) == static_cast<int>(storage::StoreFault::timeout));
    BOOST_TEST(known->answer.value().has_value());
    BOOST_TEST(bench.get("another") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_doubted_record_is_read_again_and_still_the_last_known)
{
    Bench bench;
    bench.get("a");
    bench.cache.doubt_all();
    bench.stored = record("second");
    BOOST_TEST(*bench.cache.last_known("a") == "first");
    BOOST_TEST(*bench.get("a") == "second");
    BOOST_TEST(*bench.cache.last_known("a") == "second");
}

BOOST_AUTO_TEST_CASE(a_record_that_is_gone_is_not_the_last_known)
{
    Bench bench;
    bench.get("a");
    bench.cache.doubt_all();
    bench.stored = nullptr;
    BOOST_TEST(bench.get("a") == nullptr);
    BOOST_TEST(bench.cache.last_known("a") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_look_up_that_throws_is_thrown_to_who_made_it_and_the_next_one_is_free)
{
    Bench bench;
    std::promise<void> open;
    bench.gate = open.get_future().share();
    bench.breaks = true;
    const auto made = bench.ask("a");
    const auto waited = bench.ask("a");
    bench.loop.poll();
    open.set_value();
    bench.run();
    BOOST_TEST(made->has_thrown);
    BOOST_TEST(waited->answer.value().has_error());
    bench.breaks = false;
    BOOST_TEST(*bench.get("a") == "first");
}

BOOST_AUTO_TEST_CASE(drop_if_forgets_what_it_chooses)
{
    Bench bench;
    bench.get("a");
    bench.get("b");
    bench.cache.drop_if([](const std::string& key) { return key == "a"; });
    bench.looked_up = 0;
    bench.get("b");
    BOOST_TEST(bench.looked_up == 0);
    bench.get("a");
    BOOST_TEST(bench.looked_up == 1);
}

BOOST_AUTO_TEST_SUITE_END()
