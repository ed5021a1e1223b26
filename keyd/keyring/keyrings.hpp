// Everything keyd does with keys, one method per operation of keyd.proto: keyrings and their rotation, signing, sealing,
// the journal. The process (keyd/server) owns sockets and threads and calls this.
//
// THREADS. Three kinds, named at each group below:
//   loop        never blocks: memory only, under a lock that is held for a lookup and never across a token call or a disk
//               write. Safe from several loop threads at once.
//   worker      blocks on the token (and seal, once per project, on one disk write). Safe from any number of threads at once,
//               also while the management thread works.
//   management  exactly one thread at a time. Blocks on the token (key generation takes seconds on some) and on the disk.
// The destructor runs when no call is in progress.
//
// DURABILITY. A management method that answers a value has written what it did to the state directory (synchronous) and to
// the journal. After kill -9 at any point start() puts token and records in agreement.
//
// SEALED. Until start() has answered ok nothing is known to be authentic: every method answers SEALED or STATE_TAMPERED,
// whichever start() answered, views included. Afterwards views are served from memory whatever the token does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "keyd/keyring/refusal.hpp"

namespace tessera::keyd::pkcs11 {
class Token;
}

namespace tessera::keyd {

struct Service;

struct NamedToken {
    std::string label;
    pkcs11::Token* token;  // outlives Keyrings
};

struct KeyringOptions {
    std::string state_directory;  // exists, 0700
    std::string issuer_domain;    // "https://id.example.com", no slash at the end
    // What EnsureRealmKeyring makes, and how many of them at most.
    std::vector<v1::Algorithm> realm_algorithms{v1::ES256, v1::RS256};
    v1::KeyringPolicy realm_policy;  // 0 or empty = the default of the field
    std::uint32_t realm_keyrings_max = 100;
    // Issuers in all, beyond which EnsureRealmKeyring enrols none, and projects with a data key.
    std::uint32_t realm_issuers_max = 20'000;
    std::uint32_t data_keys_max = 20'000;
    // How far civil time may be ahead of the monotonic clock's word and still be signed by. At least clock_guard's jump.
    Seconds clock_ahead_max{120};
    // Keys kept ready per token and realm algorithm, so that no request waits for generation. 0 = none.
    std::uint32_t spare_keys = 2;
    // Told what changed, on the thread of the call that changed it (management). May be empty.
    std::function<void(const v1::KeyringChanged&)> on_change;
    // Called with the name of each durable step as it is reached; tests end the process there. May be empty.
    std::function<void(std::string_view step)> at_step;
};

// A JWT that passed policy and waits for its signature. Keeps its key alive until then.
struct PendingSignature {
    std::shared_ptr<const struct SigningKey> key;  // shared: the key may leave its keyring meanwhile
    KeyringId keyring;
    std::string issuer;  // asked for again when it is signed: it may be withdrawn meanwhile
    std::string input;   // RFC 7515 §5.1: BASE64URL(header) "." BASE64URL(claims)
};

class Keyrings {
public:
    // `tokens` is not empty; the first is the default and holds the key that authenticates the state.
    Keyrings(KeyringOptions options, std::vector<NamedToken> tokens, const Clock& clock);
    ~Keyrings();
    Keyrings(const Keyrings&) = delete;
    Keyrings& operator=(const Keyrings&) = delete;

    // ---- management: life

    // Opens the state directory, authenticates every row with the default token's key and finishes what a crash interrupted.
    // SEALED or TOKEN_UNAVAILABLE: call it again once the token is unlocked or back. STATE_TAMPERED: an operator must look.
    // Idempotent: once it has answered ok it answers ok again without effect.
    Answer<void> start();
    bool is_started() const;  // any thread

    // Does at most one step that is due (a key transition, one key generation, a few data keys wrapped again, counters
    // flushed) and answers how long to wait until the next call: 0 when more is due, at most 60 s. Early calls are harmless.
    // Call it after every management call too.
    Milliseconds tick();

    // ---- loop: signing and reading

    // Checks the claims against the keyring's policy and builds the signing input. Every refusal has its code.
    Answer<PendingSignature> prepare_sign(const v1::SignJwt& request, Instant now) const;
    // Worker. The signature in JOSE's form (RFC 7518 §3.4 r||s for ECDSA). Refused when the key was revoked or the issuer withdrawn
    // since it was prepared.
    // `deadline` bounds the wait for the token.
    Answer<Bytes> sign(const PendingSignature& pending, Tick deadline) const;
    // Loop or worker. Counts the signature.
    v1::SignedJwt finish(PendingSignature pending, ByteView signature) const;

    Answer<v1::KeyringView> get_keyring(const v1::GetKeyring& request) const;
    // The answer when the issuer has its keyring already or the request is refused anyway; nullopt = ask
    // ensure_realm_keyring on the management thread.
    std::optional<Answer<v1::KeyringView>> find_realm_keyring(const v1::EnsureRealmKeyring& request) const;

    // For Health and metrics. Alarms are sentences an operator can act on.
    std::vector<std::string> alarms() const;
    std::uint32_t keyring_count() const;
    std::uint64_t signature_count() const;  // since start
    std::uint32_t key_count(std::string_view token) const;
    std::uint32_t spare_key_count(std::string_view token) const;

    // ---- worker: secrets

    Answer<v1::Sealed> seal(const v1::Seal& request, Tick deadline);
    Answer<v1::Opened> open(const v1::Open& request, Tick deadline);

    // ---- management: one method per operation. `uid` is the peer's, for the journal.

    Answer<v1::KeyringView> ensure_realm_keyring(const v1::EnsureRealmKeyring& request, std::uint32_t uid);
    Answer<v1::KeyringView> create_keyring(const v1::CreateKeyring& request, std::uint32_t uid);
    Answer<v1::KeyringView> rotate_keyring(const v1::RotateKeyring& request, std::uint32_t uid);
    Answer<v1::KeyringView> revoke_key(const v1::RevokeKey& request, std::uint32_t uid);
    Answer<v1::KeyringView> set_keyring_policy(const v1::SetKeyringPolicy& request, std::uint32_t uid);
    Answer<v1::KeyringView> enrol_issuer(const v1::EnrolIssuer& request, std::uint32_t uid);
    Answer<v1::KeyringView> withdraw_issuer(const v1::WithdrawIssuer& request, std::uint32_t uid);
    Answer<v1::Done> destroy_keyring(const v1::DestroyKeyring& request, std::uint32_t uid);
    Answer<v1::Done> set_backup_key(const v1::SetBackupKey& request, std::uint32_t uid);
    Answer<v1::Done> rewrap_data_keys(const v1::RewrapDataKeys& request, std::uint32_t uid);
    Answer<v1::KeyringList> list_keyrings(const v1::ListKeyrings& request) const;
    Answer<v1::JournalPage> read_journal(const v1::ReadJournal& request) const;
    // Adds one check per token: every key on record is on it, with the public key on record. Marks keys missing or found.
    void check_keys(v1::SelfTestReport& report);
    // Writes a line to the journal for what the process did itself: "unlock", "self_test".
    void record(std::uint32_t uid, std::string_view operation, std::string_view result,
                std::string_view detail);

private:
    std::unique_ptr<Service> service_;
};

}  // namespace tessera::keyd
