// One token: its keys and what they can do.
//
// Every operation is blocking, thread-safe and idempotent unless it says otherwise; call it on a pool thread. `deadline`
// bounds the wait for a session and for a recovery under way, not a call already inside the library (the module's
// watchdog does that). Errors of the token are recovered inside: a request that can be retried is retried once per rung
// of the ladder, so `unavailable` means that recovery did not help yet and more calls would only hammer the device.
//
// A key is named by its CKA_ID, which is ASCII text of [A-Za-z0-9._-], 1 to 64 characters, the first alphanumeric;
// CKA_LABEL repeats it. Private and secret keys are made on the token and never leave it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "keyd/pkcs11/algorithm.hpp"
#include "keyd/pkcs11/error.hpp"
#include "keyd/pkcs11/module.hpp"

namespace tessera::keyd::pkcs11 {

struct TokenParts;

// A signing key on record. The public key is what keyd stored at generation; what the token holds must match it.
struct KeyRef {
    std::string cka_id;
    Algorithm algorithm = Algorithm::es256;
    Bytes spki_der;  // SubjectPublicKeyInfo (RFC 5280 §4.1)
};

enum class TokenState {
    operational,
    sealed,       // no PIN yet
    pin_blocked,  // Fault::pin_blocked until a new PIN is given
    unavailable,  // recovery goes on in the background
};

std::string_view to_string(TokenState state);

// What the process knows without asking the token.
struct TokenHealth {
    TokenState state = TokenState::unavailable;
    std::string reason;                // why not operational: to_string(TokenError)
    std::vector<std::string> alarms;   // sentences for an operator, while operational too
    std::size_t sessions = 0;          // open signing sessions
    std::size_t sessions_max = 0;      // lowered when the token said CKR_SESSION_COUNT
    std::uint32_t epoch = 0;           // grows at every login and recovery
    std::uint64_t signatures = 0;      // since start
    std::uint64_t bad_signatures = 0;  // caught by verification; never handed out
    std::uint64_t recoveries = 0;
};

struct TokenInfo {
    std::string label;
    std::string serial;
    std::string manufacturer;
    std::string model;
    std::optional<std::uint64_t> free_private_bytes;  // absent when the token does not say
    std::optional<std::uint64_t> free_public_bytes;
    std::optional<std::uint64_t> sessions_max;  // absent = unlimited or unknown
    std::vector<std::string> mechanisms;        // "CKM_ECDSA", unknown ones as "0x1234"
    bool can_generate_rsa = false;
};

struct SelfTestCheck {
    std::string name;  // "ES256 sign and verify"
    bool passed = false;
    std::string detail;
    Microseconds duration{0};
};

enum class ObjectKind { private_key, public_key, secret_key };

struct StoredObject {
    ObjectKind kind;
    std::string cka_id;
};

class Token {
public:
    ~Token();
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    const std::string& label() const;
    // The serial number held to; "" while the token has never been seen.
    std::string serial() const;
    // Never blocks on the token.
    TokenHealth health() const;

    // Logs in with a PIN typed by an operator, sent at most once. A PIN the token already refused is not sent again. The PIN
    // is kept (wiped at the end) for logins after a recovery. Already logged in: keeps it, sends nothing.
    Result<void, TokenError> unlock(SecretBytes pin);

    // The JOSE signature over `input` (RFC 7515 §5.1): ES256 64 bytes r||s, RS256 and PS256 the modulus' length, EdDSA 64
    // bytes. Digests are made here. Fresh randomness for ES256 and PS256, so repeating gives other bytes.
    Result<Bytes, TokenError> sign(const KeyRef& key, ByteView input, Tick deadline);

    // Makes a key pair and gives the SubjectPublicKeyInfo. SENSITIVE, not EXTRACTABLE, asserted afterwards (also LOCAL,
    // ALWAYS_SENSITIVE, NEVER_EXTRACTABLE); a token that made anything less has the pair destroyed and answers `internal`.
    // Not idempotent: an id in use is `refused`. After `unavailable` or `timeout` call find_key_pair before trying again.
    // `rsa_bits` is 2048, 3072 or 4096, read for RSA only.
    Result<Bytes, TokenError> generate_key_pair(const std::string& cka_id, Algorithm algorithm,
                                                unsigned rsa_bits, Tick deadline);

    // The public key of a complete pair; nullopt when neither half exists. Half a pair is `missing_key`: destroy it.
    Result<std::optional<Bytes>, TokenError> find_key_pair(const std::string& cka_id, Algorithm algorithm,
                                                           Tick deadline);

    // Every key on the token. Slow: proportional to their number.
    Result<std::vector<StoredObject>, TokenError> list_objects(Tick deadline);

    // Destroys every object of that id. Nothing there is success.
    Result<void, TokenError> destroy(const std::string& cka_id, Tick deadline);

    // A non-extractable AES-256 key for encrypt and decrypt, or a 32-byte HMAC key. `refused` when the id is in use.
    Result<void, TokenError> generate_wrapping_key(const std::string& cka_id, Tick deadline);
    Result<void, TokenError> generate_mac_key(const std::string& cka_id, Tick deadline);
    Result<bool, TokenError> has_secret_key(const std::string& cka_id, Tick deadline);

    // AES-256-GCM with a random 96-bit nonce: nonce (12) || ciphertext || tag (16). At most 2^32 calls per key are safe
    // (NIST SP 800-38D §8.3): wrap keys with it, not traffic.
    Result<Bytes, TokenError> encrypt(const std::string& cka_id, ByteView plaintext, ByteView associated_data,
                                      Tick deadline);
    Result<SecretBytes, TokenError> decrypt(const std::string& cka_id, ByteView sealed,
                                            ByteView associated_data, Tick deadline);

    // HMAC-SHA-256 (RFC 2104). `check_mac` compares in constant time.
    Result<Sha256, TokenError> mac(const std::string& cka_id, ByteView message, Tick deadline);
    Result<bool, TokenError> check_mac(const std::string& cka_id, ByteView message, ByteView expected,
                                       Tick deadline);

    Result<TokenInfo, TokenError> info(Tick deadline);
    // One signature with the session's own probe key, verified in software.
    Result<void, TokenError> probe(Tick deadline);
    // Makes a throw-away key per algorithm, signs and verifies; the same for encrypt and mac. Seconds, because of RSA.
    std::vector<SelfTestCheck> self_test(Tick deadline);

private:
    friend class Module;
    explicit Token(std::unique_ptr<TokenParts> parts);
    std::unique_ptr<TokenParts> parts_;
};

}  // namespace tessera::keyd::pkcs11
