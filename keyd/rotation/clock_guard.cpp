#include "keyd/rotation/clock_guard.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace tessera::keyd {

namespace {

bool is_jump(Microseconds by) { return std::chrono::abs(by) > clock_jump_max; }

bool is_behind(const ClockMemory& memory) { return memory.last.wall + clock_jump_max < memory.high_water; }

// How far civil time moved beyond what the monotonic clock says, or beyond what a reboot explains.
Microseconds jump_between(const ClockReading& before, const ClockReading& after)
{
    const Microseconds civil = after.wall - before.wall;
    if (before.boot == after.boot) {
        return civil - (after.monotonic - before.monotonic);
    }
    return civil > clock_gap_max || civil < Microseconds{0} ? civil : Microseconds{0};
}

}  // namespace

ClockMemory start_clock(ClockReading first)
{
    ClockMemory memory;
    memory.high_water = first.wall;
    memory.last = std::move(first);
    return memory;
}

ClockMemory observe(ClockMemory memory, ClockReading reading)
{
    const Microseconds jump = jump_between(memory.last, reading);
    const bool rebooted = memory.last.boot != reading.boot;
    if (is_jump(jump)) {
        memory.offset += jump;
        if (!rebooted) {
            memory.ahead += jump;
        } else if (jump < Microseconds{0}) {
            memory.ahead = Microseconds{0};  // it was set again while the machine was off
        }
        memory.doubted_since = reading.monotonic;
        // A jump that takes an earlier one back ends the doubt at once.
        memory.settling = is_jump(memory.offset);
    } else if (memory.settling && rebooted) {
        memory.doubted_since = reading.monotonic;
    }
    memory.last = std::move(reading);
    if (memory.settling && memory.last.monotonic - memory.doubted_since >= clock_settle) {
        memory.settling = false;
    }
    if (is_trusted(memory)) {
        memory.offset = Microseconds{0};
        memory.ahead = Microseconds{0};
        memory.high_water = std::max(memory.high_water, memory.last.wall);
    }
    return memory;
}

bool is_trusted(const ClockMemory& memory) { return !memory.settling && !is_behind(memory); }

Instant transition_time(const ClockMemory& memory) { return memory.high_water; }

Microseconds believed_difference(const ClockMemory& memory)
{
    return memory.last.wall.time_since_epoch() - memory.last.monotonic - memory.ahead;
}

bool is_ahead(Microseconds believed_difference, Instant wall, Microseconds monotonic, Seconds ahead_max)
{
    return wall.time_since_epoch() - monotonic - believed_difference > ahead_max;
}

std::string clock_alarm(const ClockMemory& memory)
{
    if (is_trusted(memory)) {
        return {};
    }
    if (is_behind(memory)) {
        return fmt::format("the clock is {} s behind the last time keyd acted; key transitions are frozen "
                           "until it has caught "
                           "up: check time synchronisation",
                           std::chrono::duration_cast<Seconds>(memory.high_water - memory.last.wall).count());
    }
    return fmt::format("the clock jumped by {} s; key transitions are frozen until it has run evenly for {} "
                       "minutes: check time synchronisation",
                       std::chrono::duration_cast<Seconds>(memory.offset).count(), clock_settle.count() / 60);
}

std::string read_boot_id()
{
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string boot;
    std::getline(file, boot);
    return boot;
}

}  // namespace tessera::keyd
