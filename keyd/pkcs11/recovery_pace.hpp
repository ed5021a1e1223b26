// When the module may be reinitialised again. Pure: the circuit breaker's clock.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/clock.hpp"

namespace tessera::keyd::pkcs11 {

// Each attempt doubles the pause before the next one; a quiet minute forgets them. Failed attempts in a row are counted.
class RecoveryPace {
public:
    RecoveryPace(Milliseconds first, Milliseconds max) : first_(first), max_(max) {}

    bool may_attempt(Tick now) const { return now >= next_; }
    Tick next() const { return next_; }
    std::size_t failures() const { return failures_; }

    void note_attempt(Tick now, Milliseconds max)
    {
        pause_ = now - last_ > forget_after || pause_ == Milliseconds{0} ? first_ : pause_ * 2;
        pause_ = std::min(pause_, std::max(max, first_));
        last_ = now;
        next_ = now + pause_;
    }
    void note_attempt(Tick now) { note_attempt(now, max_); }
    void note_failure() { ++failures_; }
    void note_success() { failures_ = 0; }

private:
    static constexpr Seconds forget_after{60};
    Milliseconds first_;
    Milliseconds max_;
    Milliseconds pause_{0};
    Tick last_{};
    Tick next_{};
    std::size_t failures_ = 0;
};

}  // namespace tessera::keyd::pkcs11
