#include "base/clock.hpp"

#include <ctime>

#include <fmt/format.h>

namespace tessera {

Instant SystemClock::now() const
{
    return std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
}

Tick SystemClock::tick() const { return std::chrono::steady_clock::now(); }

Microseconds SystemClock::since_boot() const
{
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return Seconds{time.tv_sec} + Microseconds{time.tv_nsec / 1000};
}

std::int64_t to_unix_s(Instant instant)
{
    return std::chrono::floor<Seconds>(instant).time_since_epoch().count();
}

Instant from_unix_s(std::int64_t unix_s) { return Instant{Seconds{unix_s}}; }

std::string to_rfc3339(Instant instant)
{
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{instant - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
}

}  // namespace tessera
