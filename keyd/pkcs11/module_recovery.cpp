// The upper rungs of the ladder, and the two threads that look after the module.

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/pkcs11/error_table.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr Milliseconds watchdog_period{250};

Tick now() { return std::chrono::steady_clock::now(); }

bool is_operational(const TokenParts* token) { return token->state.load() == TokenState::operational; }

}  // namespace

Result<void, TokenError> ModuleParts::reinitialise(TokenParts& asker, unsigned seen_incarnation,
                                                   Tick deadline)
{
    const std::unique_lock lock{recovery, deadline};
    if (!lock.owns_lock()) {
        return timeout_error();
    }
    if (incarnation.load() == seen_incarnation) {
        if (!pace.may_attempt(now())) {
            wake_keeper();
            return TokenError{Fault::unavailable, "", "",
                              "the device was lost again right after a recovery; the next attempt waits"};
        }
        // A recovery interrupts the module's other tokens: the better they are, the rarer it is.
        const bool others = std::ranges::any_of(
            token_parts, [&](const TokenParts* token) { return token != &asker && is_operational(token); });
        pace.note_attempt(now(), others ? options.retry_shared_max : options.retry_max);
        if (!gate.close(now() + options.call_max)) {
            give_up("calls into the library do not return, so it cannot be reinitialised");
            return TokenError{Fault::unavailable, "", "", "calls into the library do not return"};
        }
        reinitialise_alone();
        gate.open();
    }
    if (auto why = asker.obstacle()) {
        pace.note_failure();
        if (options.recoveries_max != 0 && pace.failures() >= options.recoveries_max) {
            give_up(fmt::format("{} recoveries in a row failed", pace.failures()));
        }
        return *std::move(why);
    }
    pace.note_success();
    return ok();
}

void ModuleParts::reinitialise_alone()
{
    log::warning("pkcs11_reinitialise", {{"module", options.path}});
    for (TokenParts* token : token_parts) {
        token->forget();
    }
    if (initialised) {
        // A library that cannot even finalise is initialised all the same: some forget themselves when the device goes.
        (void)cryptoki.call<&CK_FUNCTION_LIST::C_Finalize>("C_Finalize", nullptr);
        initialised = false;
    }
    const auto done = initialise();
    for (TokenParts* token : token_parts) {
        if (done) {
            token->recoveries.fetch_add(1);
            (void)token->attach();  // its state says how it went
            continue;
        }
        TokenError why = token->to_error(done.error());
        why.fault = Fault::unavailable;
        token->set_state(TokenState::unavailable, to_string(why), why);
        if (classify("C_Initialize", done.error().code) == ErrorClass::give_up) {
            give_up(to_string(why));
        }
    }
}

Result<void, TokenError> ModuleParts::reattach(TokenParts& token, Tick deadline)
{
    const std::unique_lock lock{recovery, deadline};
    if (!lock.owns_lock()) {
        return timeout_error();
    }
    if (!gate.close(now() + options.call_max)) {
        give_up("calls into the library do not return");
        return TokenError{Fault::unavailable, "", "", "calls into the library do not return"};
    }
    auto attached = is_operational(&token) ? Result<void, TokenError>{ok()} : token.attach();
    gate.open();
    return attached;
}

void ModuleParts::wake_keeper()
{
    const std::scoped_lock lock{stop_mutex_};
    keeper_wanted_ = true;
    keeper_wake_.notify_all();
}

void ModuleParts::start_threads()
{
    watchdog_ = std::thread{[this] { run_watchdog(); }};
    keeper_ = std::thread{[this] { run_keeper(); }};
}

void ModuleParts::stop_threads()
{
    {
        const std::scoped_lock lock{stop_mutex_};
        stopping_ = true;
        stop_changed_.notify_all();
        keeper_wake_.notify_all();
    }
    for (std::thread* thread : {&watchdog_, &keeper_}) {
        if (thread->joinable()) {
            thread->join();
        }
    }
}

std::vector<TokenParts*> ModuleParts::tokens_snapshot()
{
    const std::scoped_lock lock{recovery};
    return token_parts;
}

void ModuleParts::run_watchdog()
{
    std::unique_lock lock{stop_mutex_};
    while (!stop_changed_.wait_for(lock, watchdog_period, [this] { return stopping_; })) {
        lock.unlock();
        const auto longest = watch.longest(now());
        if (longest && longest->overdue) {
            give_up(
                fmt::format("{} has not returned for {} ms", longest->function, longest->running.count()));
        }
        lock.lock();
    }
}

void ModuleParts::run_keeper()
{
    std::unique_lock lock{stop_mutex_};
    Tick turn = now() + options.probe_every;
    Milliseconds pause = options.retry_first;
    for (;;) {
        keeper_wake_.wait_until(lock, turn, [this] { return stopping_ || keeper_wanted_; });
        if (stopping_) {
            return;
        }
        keeper_wanted_ = false;
        lock.unlock();
        bool lost = false;
        for (TokenParts* token : tokens_snapshot()) {
            keep_token(*token);
            lost |= token->state.load() == TokenState::unavailable;
        }
        lock.lock();
        turn = now() + (lost ? pause : options.probe_every);
        pause = lost ? std::min(pause * 2, options.retry_max) : options.retry_first;
    }
}

// One turn: an operational token makes a probe signature, and climbs the ladder when it cannot; a lost one is looked for,
// first without disturbing the library; one without a usable PIN is tried when another PIN has appeared.
void ModuleParts::keep_token(TokenParts& token)
{
    const Tick deadline = now() + options.call_max;
    switch (token.state.load()) {
    case TokenState::operational: {
        const auto probed =
            token.run<Nothing>(token.signing, deadline, [&](CK_SESSION_HANDLE session) -> Called<Nothing> {
                TRY(token.probe_once(session));
                return Nothing{};
            });
        if (probed.has_error() && is_operational(&token)) {
            token.set_state(TokenState::unavailable, to_string(probed.error()), probed.error());
        }
        break;
    }
    case TokenState::unavailable: {
        const unsigned seen = incarnation.load();
        if (initialised && reattach(token, deadline)) {
            break;
        }
        if (token.state.load() == TokenState::unavailable) {
            (void)reinitialise(token, seen, deadline);
        }
        break;
    }
    case TokenState::sealed:
    case TokenState::pin_blocked: (void)reattach(token, deadline); break;
    }
}

}  // namespace tessera::keyd::pkcs11
