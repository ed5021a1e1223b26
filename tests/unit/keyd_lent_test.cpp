#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <thread>

#include "base/clock.hpp"
#include "keyd/server/lent.hpp"

namespace {

using namespace tessera;
using keyd::server::Lent;

BOOST_AUTO_TEST_SUITE(keyd_lent)

BOOST_AUTO_TEST_CASE(an_object_that_was_taken_back_is_used_by_nobody)
{
    Lent<int> lent;
    int uses = 0;
    const auto use = [&](int&) { ++uses; };
    lent.with(use);
    BOOST_TEST(uses == 0);
    int object = 0;
    lent.lend(object);
    lent.with(use);
    lent.take_back();
    lent.with(use);
    BOOST_TEST(uses == 1);
}

BOOST_AUTO_TEST_CASE(taking_back_waits_for_whoever_uses_it)
{
    Lent<int> lent;
    int object = 0;
    lent.lend(object);
    std::promise<void> entered;
    std::atomic<bool> is_in_use{false};
    std::thread user{[&] {
        lent.with([&](int&) {
            is_in_use = true;
            entered.set_value();
            std::this_thread::sleep_for(Milliseconds{50});
            is_in_use = false;
        });
    }};
    entered.get_future().wait();
    lent.take_back();
    BOOST_TEST(!is_in_use);
    user.join();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
