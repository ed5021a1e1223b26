#include "daemon/mail/retry.hpp"

#include <algorithm>
#include <array>

namespace tessera::mail {

namespace {

constexpr std::array waits{Seconds{1}, Seconds{5}, Seconds{30}, Seconds{120}, Seconds{600}, Seconds{1'800}};

}  // namespace

std::optional<Milliseconds> wait_after(int attempts, Instant create_time, Instant valid_until, Instant now)
{
    const Instant last = last_time(create_time, valid_until);
    const auto step = static_cast<std::size_t>(std::max(attempts, 1) - 1);
    const Milliseconds planned = waits[std::min(step, waits.size() - 1)];
    const auto tenth = std::chrono::duration_cast<Milliseconds>((last - create_time) / 10);
    const Milliseconds wait = std::max(std::min(planned, tenth), Milliseconds{1'000});
    return now + wait < last ? std::optional{wait} : std::nullopt;
}

}  // namespace tessera::mail
