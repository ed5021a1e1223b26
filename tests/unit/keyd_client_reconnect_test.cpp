#include <boost/test/unit_test.hpp>

#include "keyd/client/reconnect.hpp"

using namespace tessera;
using namespace tessera::keyd;
namespace lim = limits_reconnect;
using Event = ReconnectEvent;
using Action = ReconnectAction;
using Phase = ReconnectPhase;

namespace {

struct Machine {
    ReconnectState state;
    Tick now{};

    Action::Kind feed(Event event)
    {
        const Action action = step(state, event, now);
        if (action.kind != Action::nothing) {
            wake_at = action.wake_at;
        }
        return action.kind;
    }
    // Lets the time of the last action come.
    Action::Kind wake()
    {
        now = wake_at;
        return feed(Event::timer);
    }
    Tick wake_at{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keyd_client_reconnect)

BOOST_AUTO_TEST_CASE(a_good_keyd_is_opened_greeted_and_served)
{
    Machine machine;
    BOOST_TEST(machine.feed(Event::started) == Action::open);
    BOOST_TEST(machine.feed(Event::opened) == Action::greet);
    BOOST_TEST(machine.feed(Event::welcomed) == Action::serve);
    BOOST_TEST((machine.state.phase == Phase::serving));
    BOOST_TEST(machine.feed(Event::started) == Action::nothing);
}

BOOST_AUTO_TEST_CASE(an_absent_keyd_is_tried_again_ever_more_rarely_but_at_least_twice_a_second)
{
    Machine machine;
    machine.feed(Event::started);
    Milliseconds previous{0};
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(machine.feed(Event::lost) == Action::back_off);
        const auto wait = std::chrono::duration_cast<Milliseconds>(machine.wake_at - machine.now);
        BOOST_TEST(wait >= previous);
        BOOST_TEST(wait <= lim::back_off_max);
        previous = wait;
        BOOST_TEST(machine.wake() == Action::open);
    }
    BOOST_TEST(previous == lim::back_off_max);
}

BOOST_AUTO_TEST_CASE(a_keyd_that_accepts_and_says_nothing_is_left_after_the_limit)
{
    Machine machine;
    machine.feed(Event::started);
    machine.feed(Event::opened);
    machine.now = machine.wake_at - Milliseconds{1};
    BOOST_TEST(machine.feed(Event::timer) == Action::nothing);
    BOOST_TEST(machine.wake() == Action::back_off);
}

BOOST_AUTO_TEST_CASE(a_connection_that_served_long_enough_starts_the_back_off_anew)
{
    Machine machine;
    machine.feed(Event::started);
    for (int i = 0; i < 8; ++i) {
        machine.feed(Event::lost);
        machine.wake();
    }
    machine.feed(Event::opened);
    machine.feed(Event::welcomed);
    machine.now += lim::healthy_after;
    machine.feed(Event::lost);
    BOOST_TEST((machine.wake_at - machine.now == lim::back_off_first));
}

BOOST_AUTO_TEST_CASE(a_keyd_that_welcomes_and_breaks_at_once_is_backed_off_from_like_an_absent_one)
{
    Machine machine;
    machine.feed(Event::started);
    for (int i = 0; i < 8; ++i) {
        machine.feed(Event::opened);
        machine.feed(Event::welcomed);
        BOOST_TEST(machine.feed(Event::lost) == Action::back_off);
        if (i < 7) {
            machine.wake();
        }
    }
    BOOST_TEST((machine.wake_at - machine.now == lim::back_off_max));
}

BOOST_AUTO_TEST_CASE(another_protocol_or_version_is_asked_rarely)
{
    for (const Event event : {Event::garbage, Event::version_refused}) {
        Machine machine;
        machine.feed(Event::started);
        machine.feed(Event::opened);
        BOOST_TEST(machine.feed(event) == Action::back_off);
        BOOST_TEST((machine.wake_at - machine.now == lim::back_off_version));
        BOOST_TEST(machine.wake() == Action::open);
    }
}

BOOST_AUTO_TEST_CASE(late_events_of_an_earlier_phase_change_nothing)
{
    Machine machine;
    machine.feed(Event::started);
    machine.feed(Event::lost);
    for (const Event event :
         {Event::opened, Event::welcomed, Event::lost, Event::garbage, Event::version_refused}) {
        BOOST_TEST(machine.feed(event) == Action::nothing);
        BOOST_TEST((machine.state.phase == Phase::backing_off));
    }
}

BOOST_AUTO_TEST_CASE(stop_ends_every_phase_for_good)
{
    for (int reached = 0; reached < 4; ++reached) {
        Machine machine;
        const Event way[] = {Event::started, Event::opened, Event::welcomed, Event::lost};
        for (int i = 0; i < reached; ++i) {
            machine.feed(way[i]);
        }
        BOOST_TEST(machine.feed(Event::stopped) == Action::close);
        for (const Event event : {Event::started, Event::opened, Event::timer, Event::stopped}) {
            BOOST_TEST(machine.feed(event) == Action::nothing);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
