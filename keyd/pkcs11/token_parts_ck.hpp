// The inside of a Token. Included only inside this room.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <vector>

#include "keyd/pkcs11/attributes_ck.hpp"
#include "keyd/pkcs11/handle_cache.hpp"
#include "keyd/pkcs11/ladder.hpp"
#include "keyd/pkcs11/mechanism_ck.hpp"
#include "keyd/pkcs11/module_parts_ck.hpp"
#include "keyd/pkcs11/pin_guard.hpp"
#include "keyd/pkcs11/session_pool_ck.hpp"
#include "keyd/pkcs11/token.hpp"

namespace tessera::keyd::pkcs11 {

// The value of operations that give nothing back.
struct Nothing {};

// What to do with the session a failure happened on: one whose operation state is unknown is not used again.
SessionPool::After after_failure(const CallFailure& failure);

using ManagementLock = std::unique_lock<std::timed_mutex>;

struct TokenParts {
    TokenParts(ModuleParts& module_, TokenOptions options_);

    // Runs `attempt` (CK_SESSION_HANDLE → Called<T>) with a session of `pool`, climbing the ladder after failures.
    template <class T, class Attempt>
    Result<T, TokenError> run(SessionPool& pool, Tick deadline, Attempt attempt);

    // token_attach.cpp. The gate is closed: nobody else uses this token.
    Result<void, TokenError> attach();
    // The library was finalised: what we held of it is void.
    void forget();
    // L2, inside the gate: looks at the anchor, logs in where needed, begins a new epoch.
    Called<void> login_again(std::uint32_t seen_epoch, Tick deadline);
    Called<void> login();

    // token_state.cpp
    std::optional<TokenError> obstacle() const;  // why no operation can be started now
    void set_state(TokenState state, std::string reason, std::optional<TokenError> error);
    TokenError to_error(const CallFailure& failure) const;
    Result<void, TokenError> climb(Ladder& ladder, CallFailure failure, unsigned seen_incarnation,
                                   std::uint32_t seen_epoch, Tick deadline);
    void raise_alarm(std::string sentence);

    // token_objects.cpp. Searching and changing objects happens under the module's `management`.
    Called<ManagementLock> lock_management(Tick deadline);
    Called<std::vector<CK_OBJECT_HANDLE>> search(const ManagementLock& lock, CK_SESSION_HANDLE session,
                                                 AttributeTemplate pattern, std::size_t found_max);
    // As search by class and id; finding nothing on a token that seems to have lost everything is a lost device.
    Called<void> require_login(CK_SESSION_HANDLE session);
    Called<std::vector<CK_OBJECT_HANDLE>> search_key(const ManagementLock& lock, CK_SESSION_HANDLE session,
                                                     CK_OBJECT_CLASS object_class, const std::string& cka_id);
    Called<std::optional<Bytes>> public_key_on_token(const ManagementLock& lock, CK_SESSION_HANDLE session,
                                                     const std::string& cka_id, Algorithm algorithm);
    Called<std::optional<Bytes>> complete_pair(const ManagementLock& lock, CK_SESSION_HANDLE session,
                                               const std::string& cka_id, Algorithm algorithm);
    Called<Bytes> read_spki(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE public_object, Algorithm algorithm);
    Called<void> destroy_all(const ManagementLock& lock, CK_SESSION_HANDLE session,
                             const std::string& cka_id);

    // token_sign.cpp
    Called<Bytes> sign_raw(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, Algorithm algorithm,
                           ByteView input, std::size_t signature_bytes);
    Called<void> probe_once(CK_SESSION_HANDLE session);
    // A session key pair on the anchor for probes; a token that refuses has none and is judged by its session's state.
    Called<void> make_probe_key();

    ModuleParts& module;
    const Cryptoki& cryptoki;
    const TokenOptions options;

    std::atomic<CK_SLOT_ID> slot{0};
    CK_SESSION_HANDLE anchor = CK_INVALID_HANDLE;  // under `management`, or the closed gate
    bool objects_seen = false;                     // under `management`
    std::optional<unsigned> empty_incarnation;     // under `management`: found to be empty right after L3
    std::atomic<std::uint32_t> epoch{0};
    SessionPool signing;
    SessionPool managing;
    HandleCache signing_keys;
    HandleCache secret_keys;
    std::atomic<std::size_t> template_fallback{0};  // of template_fallbacks: the first this token takes

    std::mutex probe_mutex;
    CK_OBJECT_HANDLE probe_key = CK_INVALID_HANDLE;  // under `probe_mutex`, or the closed gate
    EvpKeyPtr probe_public;

    std::atomic<TokenState> state{TokenState::unavailable};
    std::atomic<bool> verify_all{false};  // since a bad signature was caught
    std::atomic<std::uint64_t> signatures{0};
    std::atomic<std::uint64_t> bad_signatures{0};
    std::atomic<std::uint64_t> recoveries{0};

    mutable std::mutex state_mutex;
    std::string reason;
    std::optional<TokenError> error;
    std::vector<std::string> alarms;
    std::string serial;

    std::mutex pin_mutex;
    PinGuard pin_guard;
    std::optional<SecretBytes> typed_pin;
};

inline TokenError timeout_error()
{
    return TokenError{Fault::timeout, "", "", "the deadline passed before the token could be asked"};
}

template <class T, class Attempt>
Result<T, TokenError> TokenParts::run(SessionPool& pool, Tick deadline, Attempt attempt)
{
    if (std::chrono::steady_clock::now() >= deadline) {
        return timeout_error();
    }
    Ladder ladder;
    for (;;) {
        if (auto why = obstacle()) {
            return *std::move(why);
        }
        std::optional<CallFailure> failure;
        unsigned seen_incarnation = 0;
        std::uint32_t seen_epoch = 0;
        {
            const GatePass pass{module.gate, deadline};
            if (!pass.entered()) {
                return timeout_error();
            }
            if (auto why = obstacle()) {  // it may have come while we waited
                return *std::move(why);
            }
            seen_incarnation = module.incarnation.load();
            seen_epoch = epoch.load();
            auto lease = pool.lease(slot.load(), deadline);
            if (lease) {
                Called<T> done = attempt(lease.value().session());
                if (done) {
                    return std::move(done).value();
                }
                failure = std::move(done).error();
                lease.value().end(after_failure(*failure));
            } else {
                failure = std::move(lease).error();
            }
        }
        TRY(climb(ladder, *std::move(failure), seen_incarnation, seen_epoch, deadline));
    }
}

}  // namespace tessera::keyd::pkcs11
