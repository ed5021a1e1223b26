// When a mail is tried again. Pure.
#pragma once

#include <optional>

#include "base/clock.hpp"

namespace tessera::mail {

// However long a mail is valid, nobody expects it later than this.
inline constexpr Seconds tried_for_max{86'400};

// Until when a mail may be sent.
constexpr Instant last_time(Instant create_time, Instant valid_until)
{
    return std::min(valid_until, create_time + tried_for_max);
}

// How long to wait after the attempt numbered `attempts` (from 1) failed: 1 s, 5 s, 30 s, 2 min, 10 min, then every half hour,
// but never more than a tenth of the time the mail is good for. Nothing when that is too late: give up.
std::optional<Milliseconds> wait_after(int attempts, Instant create_time, Instant valid_until, Instant now);

}  // namespace tessera::mail
