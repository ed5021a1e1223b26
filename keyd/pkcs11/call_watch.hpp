// Which calls into the library are under way, since when, and how long each may take. PKCS#11 has no time-outs: a call
// that exceeds its limit will never be answered, and only ending the process helps.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace tessera::keyd::pkcs11 {

class CallWatch {
public:
    struct Running {
        const char* function;
        Milliseconds running;
        bool overdue;
    };

    // Marks one call while it lives.
    class Mark {
    public:
        Mark(CallWatch& watch, const char* function, Milliseconds limit);
        ~Mark();
        Mark(const Mark&) = delete;
        Mark& operator=(const Mark&) = delete;

    private:
        CallWatch& watch_;
        std::size_t index_;
    };

    // An overdue call before others, then the longest. nullopt = none under way. Never blocks.
    std::optional<Running> longest(Tick now) const;

private:
    static constexpr std::size_t calls_max = 128;
    struct alignas(64) Call {
        std::atomic<bool> taken{false};
        std::atomic<std::int64_t> started_ns{0};  // 0 = not running
        std::atomic<std::int64_t> limit_ns{0};
        std::atomic<const char*> function{nullptr};
    };
    std::array<Call, calls_max> calls_;
};

}  // namespace tessera::keyd::pkcs11
