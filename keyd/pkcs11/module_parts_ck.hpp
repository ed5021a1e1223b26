// The inside of a Module. Included only inside this room.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "keyd/pkcs11/cryptoki_ck.hpp"
#include "keyd/pkcs11/gate.hpp"
#include "keyd/pkcs11/module.hpp"
#include "keyd/pkcs11/recovery_pace.hpp"

namespace tessera::keyd::pkcs11 {

struct TokenParts;

// Locks are taken in this order: `recovery`, then the gate, then `management`, then small mutexes.
struct ModuleParts {
    ModuleParts(ModuleOptions options_, CK_FUNCTION_LIST* functions);
    ~ModuleParts();
    ModuleParts(const ModuleParts&) = delete;
    ModuleParts& operator=(const ModuleParts&) = delete;

    // C_Initialize with the library's own locking; without it where the library cannot (then one session only).
    Called<void> initialise();
    // L3, for a request that saw `seen_incarnation` fail: finalises and initialises the library and attaches every token
    // again. Does nothing when somebody else did it meanwhile, nor before the pace allows it. Says how `asker` is now.
    Result<void, TokenError> reinitialise(TokenParts& asker, unsigned seen_incarnation, Tick deadline);
    // Attaches one token again without touching the library: for the keeper, and for a PIN that has come.
    Result<void, TokenError> reattach(TokenParts& token, Tick deadline);
    // L4.
    void give_up(std::string_view reason);
    // The keeper looks after the tokens soon instead of at its next turn.
    void wake_keeper();
    void health_changed() const;

    void start_threads();
    void stop_threads();

    const ModuleOptions options;
    CallWatch watch;
    const Cryptoki cryptoki;
    Gate gate;
    std::timed_mutex recovery;
    // Search, generate, destroy and log in, one at a time: SoftHSM 2.6.1 fails one in six generations beside a search.
    std::timed_mutex management;
    std::atomic<unsigned> incarnation{0};
    std::atomic<bool> initialised{false};
    std::atomic<bool> single_session{false};  // the library cannot lock
    std::atomic<bool> given_up{false};
    RecoveryPace pace;  // under `recovery`
    std::vector<std::unique_ptr<Token>> tokens;
    std::vector<TokenParts*> token_parts;  // under `recovery`, as `tokens`

private:
    void reinitialise_alone();  // gate closed
    void run_watchdog();
    void run_keeper();
    void keep_token(TokenParts& token);
    std::vector<TokenParts*> tokens_snapshot();

    std::mutex stop_mutex_;
    std::condition_variable stop_changed_;
    std::condition_variable keeper_wake_;
    bool stopping_ = false;
    bool keeper_wanted_ = false;
    std::thread watchdog_;
    std::thread keeper_;
};

}  // namespace tessera::keyd::pkcs11
