#include <algorithm>
#include <thread>

#include "base/log.hpp"
#include "base/random.hpp"
#include "keyd/pkcs11/error_table.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr std::size_t alarms_max = 8;

// 5 to 20 ms, so that threads refused together do not come back together.
Milliseconds pause_with_jitter()
{
    std::array<std::uint8_t, 1> random{};
    fill_random(random);
    return Milliseconds{5 + random[0] % 16};
}

Fault to_fault(const CallFailure& failure)
{
    const std::string_view function = failure.function;
    if (failure.code == CKR_DEVICE_MEMORY && function.starts_with("C_Generate")) {
        return Fault::full;
    }
    switch (classify(function, failure.code)) {
    case ErrorClass::caller_bug: return Fault::refused;
    case ErrorClass::never_retried: return Fault::pin_blocked;
    default: return Fault::unavailable;
    }
}

}  // namespace

SessionPool::After after_failure(const CallFailure& failure)
{
    if (failure.verdict) {
        return SessionPool::After::keep;
    }
    switch (classify(failure.function, failure.code)) {
    case ErrorClass::login_lost: return SessionPool::After::keep;
    case ErrorClass::caller_bug:
    case ErrorClass::never_retried:
    case ErrorClass::busy: return SessionPool::After::close;
    case ErrorClass::session_lost:
    case ErrorClass::device_lost:
    case ErrorClass::give_up: return SessionPool::After::forget;
    }
    return SessionPool::After::forget;
}

TokenParts::TokenParts(ModuleParts& module_, TokenOptions options_)
    : module(module_),
      cryptoki(module_.cryptoki),
      options(std::move(options_)),
      signing(cryptoki, options.sessions_max),
      managing(cryptoki, 1),
      reason("not attached yet"),
      serial(options.serial)
{
}

std::optional<TokenError> TokenParts::obstacle() const
{
    if (module.given_up.load(std::memory_order_relaxed)) {
        return TokenError{Fault::unavailable, "", "", "the PKCS#11 library is beyond repair in this process"};
    }
    if (state.load(std::memory_order_acquire) == TokenState::operational) {
        return std::nullopt;
    }
    const std::scoped_lock lock{state_mutex};
    return error;
}

void TokenParts::set_state(TokenState new_state, std::string new_reason, std::optional<TokenError> new_error)
{
    bool changed = false;
    bool lost = false;
    const std::string said = new_reason;  // `reason` may be another one as soon as the lock is gone
    {
        const std::scoped_lock lock{state_mutex};
        lost = new_state == TokenState::unavailable && state.load() != TokenState::unavailable;
        changed = state.load() != new_state || reason != new_reason;
        reason = std::move(new_reason);
        error = std::move(new_error);
        state.store(new_state, std::memory_order_release);
    }
    if (changed) {
        log::write(new_state == TokenState::operational ? log::Level::info : log::Level::warning,
                   "token_state", {},
                   {{"token_label", options.label}, {"state", to_string(new_state)}, {"reason", said}});
        module.health_changed();
    }
    if (lost) {
        module.wake_keeper();
    }
}

TokenError TokenParts::to_error(const CallFailure& failure) const
{
    if (failure.verdict) {
        return *failure.verdict;
    }
    return TokenError{to_fault(failure), failure.function, ckr_name(failure.code), "token " + options.label};
}

Result<void, TokenError> TokenParts::climb(Ladder& ladder, CallFailure failure, unsigned seen_incarnation,
                                           std::uint32_t seen_epoch, Tick deadline)
{
    for (;;) {
        if (failure.verdict) {
            return *std::move(failure.verdict);
        }
        const Rung rung = ladder.next(classify(failure.function, failure.code));
        log::warning("token_call_failed", {{"token_label", options.label},
                                           {"function", failure.function},
                                           {"ckr", ckr_name(failure.code)},
                                           {"rung", static_cast<int>(rung)}});
        if (failure.code == CKR_DEVICE_MEMORY) {
            raise_alarm(std::string{failure.function}
                        + " answered CKR_DEVICE_MEMORY: the token is full, or its audit log is");
        }
        if (rung == Rung::give_up) {
            module.give_up(std::string{failure.function} + " answered " + ckr_name(failure.code));
            return to_error(failure);
        }
        if (rung == Rung::fail || std::chrono::steady_clock::now() >= deadline) {
            if (to_fault(failure) == Fault::unavailable) {
                module.wake_keeper();  // it finds out whether the device is lost
            }
            return to_error(failure);
        }
        if (rung == Rung::pause) {
            std::this_thread::sleep_for(pause_with_jitter());
            return ok();
        }
        if (rung == Rung::reopen_session) {
            return ok();  // the session was not kept: the next attempt opens another
        }
        if (rung == Rung::reinitialise) {
            return module.reinitialise(*this, seen_incarnation, deadline);
        }
        const GatePass pass{module.gate, deadline};
        if (!pass.entered()) {
            return to_error(failure);
        }
        auto again = login_again(seen_epoch, deadline);
        if (again) {
            return ok();
        }
        failure = std::move(again).error();
    }
}

void TokenParts::raise_alarm(std::string sentence)
{
    {
        const std::scoped_lock lock{state_mutex};
        if (alarms.size() >= alarms_max || std::ranges::find(alarms, sentence) != alarms.end()) {
            return;
        }
        log::error("token_alarm", {{"token_label", options.label}, {"alarm", sentence}});
        alarms.push_back(std::move(sentence));
    }
    module.health_changed();
}

std::string_view to_string(TokenState state)
{
    switch (state) {
    case TokenState::operational: return "operational";
    case TokenState::sealed: return "sealed";
    case TokenState::pin_blocked: return "pin blocked";
    case TokenState::unavailable: return "unavailable";
    }
    return "unknown";
}

}  // namespace tessera::keyd::pkcs11
