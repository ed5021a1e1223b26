#include <boost/test/unit_test.hpp>

#include "keyd/rotation/clock_guard.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

constexpr Seconds day{86400};
constexpr Seconds hour{3600};

struct Machine {
    ClockReading reading{from_unix_s(1'800'000'000), Microseconds{5'000'000}, "boot-1"};
    ClockMemory memory = start_clock(reading);

    void run(Seconds by)
    {
        reading.wall += by;
        reading.monotonic += by;
        memory = observe(memory, reading);
    }
    void jump(Seconds by)
    {
        reading.wall += by;
        memory = observe(memory, reading);
    }
    void reboot(Seconds off)
    {
        reading.wall += off;
        reading.monotonic = Microseconds{1'000'000};
        reading.boot += "x";
        memory = observe(memory, reading);
    }
};

BOOST_AUTO_TEST_SUITE(keyd_clock_guard)

BOOST_AUTO_TEST_CASE(an_even_clock_is_followed)
{
    Machine machine;
    const Instant begun = machine.reading.wall;
    machine.run(day);
    BOOST_TEST(is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) == begun + day));
    machine.jump(Seconds{100});  // NTP
    BOOST_TEST(is_trusted(machine.memory));
}

BOOST_AUTO_TEST_CASE(a_jump_forward_freezes_time_until_it_has_settled)
{
    Machine machine;
    machine.run(hour);
    const Instant before = transition_time(machine.memory);
    machine.jump(day);
    BOOST_TEST(!is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) == before));
    BOOST_TEST(clock_alarm(machine.memory).find("86400") != std::string::npos);
    BOOST_TEST(clock_alarm(machine.memory).find("65 minutes") != std::string::npos);
    machine.run(hour);
    BOOST_TEST((transition_time(machine.memory) == before));
    machine.run(hour);
    BOOST_TEST(is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) == machine.reading.wall));
    BOOST_TEST(clock_alarm(machine.memory).empty());
}

BOOST_AUTO_TEST_CASE(a_jump_that_is_taken_back_ends_the_doubt)
{
    Machine machine;
    machine.jump(day);
    machine.run(Seconds{60});
    machine.jump(-day);
    BOOST_TEST(is_trusted(machine.memory));
}

BOOST_AUTO_TEST_CASE(time_never_runs_backwards)
{
    Machine machine;
    machine.run(hour);
    const Instant before = transition_time(machine.memory);
    machine.jump(-day);
    BOOST_TEST(!is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) == before));
    machine.run(2 * hour);  // settled, but still behind
    BOOST_TEST(!is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) == before));
    machine.run(day);
    BOOST_TEST(is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) >= before));
}

BOOST_AUTO_TEST_CASE(a_reboot_explains_a_gap_but_not_a_year_and_not_the_past)
{
    Machine machine;
    machine.reboot(10 * day);
    BOOST_TEST(is_trusted(machine.memory));
    const Instant before = transition_time(machine.memory);
    machine.reboot(-day);
    BOOST_TEST(!is_trusted(machine.memory));
    BOOST_TEST((transition_time(machine.memory) == before));

    Machine other;
    other.reboot(3650 * day);
    BOOST_TEST(!is_trusted(other.memory));
}

bool is_ahead_now(const Machine& machine, Seconds shifted = Seconds{0})
{
    return is_ahead(believed_difference(machine.memory), machine.reading.wall + shifted,
                    machine.reading.monotonic);
}

BOOST_AUTO_TEST_CASE(a_clock_ahead_of_the_monotonic_one_is_known_at_once_until_it_is_believed)
{
    Machine machine;
    machine.run(hour);
    BOOST_TEST(!is_ahead_now(machine));
    BOOST_TEST(!is_ahead_now(machine, Seconds{100}));  // NTP
    BOOST_TEST(!is_ahead_now(machine, -day));
    BOOST_TEST(is_ahead_now(machine, day));  // nobody observed it yet
    machine.jump(day);
    BOOST_TEST(is_ahead_now(machine));
    machine.run(Seconds{60});
    BOOST_TEST(is_ahead_now(machine));
    BOOST_TEST(!is_ahead_now(machine, -day));
    machine.run(hour);
    machine.run(hour);  // believed
    BOOST_TEST(!is_ahead_now(machine));
    machine.jump(-2 * day);
    BOOST_TEST(!is_ahead_now(machine));
}

BOOST_AUTO_TEST_CASE(a_reboot_explains_how_far_ahead_the_clock_is)
{
    Machine machine;
    machine.reboot(40 * day);
    BOOST_TEST(!is_trusted(machine.memory));
    BOOST_TEST(!is_ahead_now(machine));
    machine.jump(day);
    BOOST_TEST(is_ahead_now(machine));
    machine.reboot(Seconds{60});
    BOOST_TEST(is_ahead_now(machine));  // what it was doubted for stands
    machine.reboot(hour - day);
    BOOST_TEST(!is_ahead_now(machine));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
