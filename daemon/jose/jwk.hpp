// Public keys from outside: RFC 7517 JWK and JWK Set, RFC 7518 §6, RFC 8037 §2. Verification only; nothing here signs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/openssl.hpp"
#include "base/result.hpp"

namespace tessera::jose {

// Algorithms we verify: RFC 7518 §3.1 ES256, RS256, PS256; RFC 8037 EdDSA with Ed25519 (RFC 9864 name "Ed25519" too).
enum class Algorithm { es256, rs256, ps256, eddsa };

std::optional<Algorithm> parse_algorithm(std::string_view name);
std::string_view to_string(Algorithm algorithm);

enum class JwkFault {
    malformed,    // not an object of the right shape, or a member is missing or not canonical base64url
    private_key,  // holds private members: whoever registered it leaked it
    symmetric,    // kty "oct"
    unsupported,  // another kty or curve
    weak,         // RSA below 2,048 bits, even or tiny exponent
    not_on_curve,
    wrong_use,  // use, key_ops or alg say it is not for verifying signatures with our algorithms
    too_many,
    duplicate_kid,
    empty,
};

struct JwkError {
    JwkFault fault;
    std::string detail;  // for the log: which member of which key
};

std::string_view to_string(JwkFault fault);

// One verification key. Immutable once built.
struct Jwk {
    std::string kid;                     // empty when the key has none
    std::optional<Algorithm> algorithm;  // from "alg"; else any that fits the key type
    EvpKeyPtr key;

    bool fits(Algorithm wanted) const;
};

inline constexpr std::size_t jwk_set_bytes_max = 64 * 1024;
inline constexpr std::size_t jwk_set_keys_max = 32;

Result<Jwk, JwkError> parse_jwk(const json::object& jwk);

// A registered JWK Set: every key must be a usable public key, and kids must differ.
Result<std::vector<Jwk>, JwkError> parse_jwk_set(std::string_view text);

}  // namespace tessera::jose
