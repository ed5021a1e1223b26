#include <boost/test/unit_test.hpp>

#include <future>

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
    std::promise<void> leave;
    auto user = std::async(std::launch::async, [&] {
        lent.with([&](int&) {
            entered.set_value();
            leave.get_future().wait();
        });
    });
    entered.get_future().wait();
    auto taker = std::async(std::launch::async, [&] { lent.take_back(); });
    BOOST_TEST((taker.wait_for(Milliseconds{50}) == std::future_status::timeout));
    leave.set_value();
    taker.get();
    user.get();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
