// What keyd remembers about keyrings and keys. Plain values; the state of a key is never stored (keyd/rotation/state.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

// KeyringPolicy of keyd.proto with every default filled in.
struct Policy {
    std::vector<std::string> typs;
    Seconds lifetime_max{};
    Seconds rotation_period{};
    Seconds jwks_max_age{};
    Seconds publish_before{};
    Seconds destroy_delay{};
    std::uint32_t rsa_bits = 0;

    bool operator==(const Policy&) const = default;
};

// Instants only: when something happened. Absent = has not happened. None is ever changed once set.
struct KeyRecord {
    KeyId id;                          // its text is the CKA_ID and CKA_LABEL on the token
    std::optional<KeyringId> keyring;  // absent: a spare
    std::string token;
    v1::Algorithm algorithm = v1::ALGORITHM_UNSPECIFIED;
    std::uint32_t rsa_bits = 0;  // 0 when not RSA
    std::string kid;             // RFC 7638 thumbprint
    std::string jwk;             // its entry in a JWK Set, canonical
    Bytes spki;                  // SubjectPublicKeyInfo, DER
    Instant created;
    std::optional<Instant> published;
    std::optional<Instant> ready;  // set with `published`: from when every cache has it
    std::optional<Instant> active;
    std::optional<Instant> retired;
    std::optional<Instant> removed;
    std::optional<Instant> destroyed;
    std::optional<Instant> compromised;
    bool missing = false;  // the token does not hold it, or holds another under its id
    std::uint64_t signatures = 0;

    bool operator==(const KeyRecord&) const = default;
};

struct KeyringRecord {
    KeyringId id;
    std::string label;
    std::string token;
    std::vector<v1::Algorithm> algorithms;  // the first is the default
    Policy policy;
    bool shared = false;
    bool realm = false;  // made by EnsureRealmKeyring: counts against the limit
    std::uint64_t revision = 0;
    Instant created;
    std::optional<Instant> destroyed;
    // The largest ever in force: tokens and caches of an older policy live on.
    Seconds lifetime_max_seen{};
    Seconds jwks_max_age_seen{};
};

// An issuer signs with one keyring per purpose.
struct IssuerRecord {
    std::string issuer;
    std::string purpose;
    KeyringId keyring;
};

// Something is about to be made on a token: found again by its id after a crash.
struct IntentRecord {
    std::string id;  // CKA_ID
    std::string token;
    v1::Algorithm algorithm = v1::ALGORITHM_UNSPECIFIED;
    std::uint32_t rsa_bits = 0;
    Instant created;
};

}  // namespace tessera::keyd
