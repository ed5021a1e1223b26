#include "keyd/pkcs11/call_watch.hpp"

#include <functional>
#include <thread>

namespace tessera::keyd::pkcs11 {

namespace {

std::int64_t to_ns(std::chrono::steady_clock::duration duration)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
}

}  // namespace

CallWatch::Mark::Mark(CallWatch& watch, const char* function, Milliseconds limit)
    : watch_(watch),
      index_(std::hash<std::thread::id>{}(std::this_thread::get_id()) % calls_max)
{
    // A thread has one call at a time, so its own place is nearly always free.
    while (watch_.calls_[index_].taken.exchange(true, std::memory_order_acquire)) {
        index_ = (index_ + 1) % calls_max;
    }
    Call& call = watch_.calls_[index_];
    call.function.store(function, std::memory_order_relaxed);
    call.limit_ns.store(to_ns(limit), std::memory_order_relaxed);
    call.started_ns.store(to_ns(std::chrono::steady_clock::now().time_since_epoch()),
                          std::memory_order_release);
}

CallWatch::Mark::~Mark()
{
    Call& call = watch_.calls_[index_];
    call.started_ns.store(0, std::memory_order_release);
    call.taken.store(false, std::memory_order_release);
}

std::optional<CallWatch::Running> CallWatch::longest(Tick now) const
{
    const std::int64_t now_ns = to_ns(now.time_since_epoch());
    std::optional<Running> longest;
    for (const Call& call : calls_) {
        const std::int64_t started_ns = call.started_ns.load(std::memory_order_acquire);
        if (started_ns == 0) {
            continue;
        }
        const auto running = std::chrono::nanoseconds{now_ns - started_ns};
        const Running candidate{call.function.load(std::memory_order_relaxed),
                                std::chrono::duration_cast<Milliseconds>(running),
                                running.count() > call.limit_ns.load(std::memory_order_relaxed)};
        // The call may have ended and another begun meanwhile: then the figures are of two calls.
        if (call.started_ns.load(std::memory_order_acquire) != started_ns) {
            continue;
        }
        if (!longest || candidate.overdue > longest->overdue
            || (candidate.overdue == longest->overdue && candidate.running > longest->running)) {
            longest = candidate;
        }
    }
    return longest;
}

}  // namespace tessera::keyd::pkcs11
