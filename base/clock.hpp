// The only place that knows what time it is. Everything else is handed a Clock or an Instant.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tessera {

using Seconds = std::chrono::seconds;
using Milliseconds = std::chrono::milliseconds;
using Microseconds = std::chrono::microseconds;

// A point of civil time (UTC), microsecond resolution: what PostgreSQL's timestamptz holds.
using Instant = std::chrono::sys_time<Microseconds>;
// A point of the monotonic clock, for deadlines and measured durations only; never stored.
using Tick = std::chrono::steady_clock::time_point;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    virtual Tick tick() const = 0;
    // Since the machine started, the time it was suspended included: what civil time is held against.
    virtual Microseconds since_boot() const = 0;
};

// The machine's clocks. Stateless, safe from any thread.
class SystemClock final : public Clock {
public:
    Instant now() const override;
    Tick tick() const override;
    Microseconds since_boot() const override;
};

// A clock that stands still until told otherwise, for tests and simulations. One thread only.
class FixedClock final : public Clock {
public:
    explicit FixedClock(Instant start) : now_(start) {}
    Instant now() const override { return now_; }
    Tick tick() const override { return tick_; }
    Microseconds since_boot() const override
    {
        return std::chrono::duration_cast<Microseconds>(tick_.time_since_epoch());
    }
    // Moves both clocks forward.
    void advance(Microseconds by)
    {
        now_ += by;
        tick_ += by;
    }
    // Moves civil time only, as an operator or NTP does.
    void jump(Microseconds by) { now_ += by; }

private:
    Instant now_;
    Tick tick_{};
};

// Seconds since the epoch, rounded down: a JWT NumericDate (RFC 7519 §2).
std::int64_t to_unix_s(Instant instant);
Instant from_unix_s(std::int64_t unix_s);

// RFC 3339 in UTC with microseconds: 2026-11-21T08:17:22.000001Z. Years 0001 to 9999.
std::string to_rfc3339(Instant instant);

}  // namespace tessera
