// The time that key transitions go by: civil time that never runs backwards and stands still while the clock is in doubt.
//
// A reading is doubted when civil time moved otherwise than monotonic time since the last reading of the same boot (an operator, NTP
// after a wrong RTC, a restored snapshot), when it is behind what was acted on before, or when a reboot skipped more than
// clock_gap_max. A forward jump is believed after the clock has run evenly for clock_settle; a backward jump when civil time has caught
// up. Meanwhile transition_time() stands still, so no key changes state, and clock_alarm() says why. Signing goes on, for it changes no
// key, but not while the clock is ahead of what the monotonic clock of the same boot says: such a token would outlive its lifetime by
// everybody else's clock.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace tessera::keyd {

struct ClockReading {
    Instant wall;
    Microseconds monotonic;  // since boot, the time suspended included
    std::string boot;        // the kernel's boot id
};

// What survives a restart.
struct ClockMemory {
    ClockReading last;
    Instant high_water;            // the latest instant acted on
    Microseconds offset{};         // how far the clock has jumped since it was last trusted
    Microseconds ahead{};          // of that, what the monotonic clock contradicts: a reboot explains its gap
    Microseconds doubted_since{};  // monotonic
    bool settling = false;
};

inline constexpr Seconds clock_jump_max{120};
inline constexpr Seconds clock_settle{65 * 60};  // longer than any cache holds a JWKS
inline constexpr Seconds clock_gap_max{30 * 24 * 3600};

// Pure. The first reading ever makes the memory.
ClockMemory start_clock(ClockReading first);
ClockMemory observe(ClockMemory memory, ClockReading reading);
bool is_trusted(const ClockMemory& memory);
// Never earlier than before, whatever the clock does.
Instant transition_time(const ClockMemory& memory);
// Civil time minus monotonic time as they were when the clock was last trusted.
Microseconds believed_difference(const ClockMemory& memory);
// Whether a reading of this boot is more than `ahead_max` ahead of that. Answers at once, before anything observed the jump.
bool is_ahead(Microseconds believed_difference, Instant wall, Microseconds monotonic,
              Seconds ahead_max = clock_jump_max);
// Empty while trusted.
std::string clock_alarm(const ClockMemory& memory);

// The machine's boot id; "" where the kernel has none.
std::string read_boot_id();

}  // namespace tessera::keyd
