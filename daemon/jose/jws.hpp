// Compact JWS (RFC 7515 §3.1) carrying JWT claims (RFC 7519): parse and verify. Nothing here signs.
//
// Parsing believes nothing; verification picks the key first and lets the key, not the header, decide the algorithm
// (RFC 8725 §3.1). Keys a header brings along (jwk, jku, x5u, x5c) are never read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "daemon/jose/jwk.hpp"

namespace tessera::jose {

enum class JwsFault {
    too_large,
    malformed,    // not three canonical base64url parts, or header or claims are not strict JSON objects
    unsupported,  // crit, b64, zip, or an alg we do not verify ("none" among them)
    no_key,       // no key of the set fits kid and algorithm
    bad_signature,
};

struct JwsError {
    JwsFault fault;
    std::string detail;  // for the log
};

inline constexpr std::size_t jws_bytes_max = 16 * 1024;

struct Jws {
    Algorithm algorithm;
    std::string kid;                 // empty when absent
    std::optional<std::string> typ;  // lower case, without a leading "application/" (RFC 7515 §4.1.9)
    json::object claims;
    std::string signing_input;
    std::vector<std::uint8_t> signature;
};

// Size, form, header and claims; no signature check.
Result<Jws, JwsError> parse_jws(std::string_view compact);

// A JWS without kid is tried against this many keys: whoever sends garbage chooses how much work it is.
inline constexpr std::size_t keys_tried_max = 4;

// Verifies against the one key that fits: by kid when the header has one, else the first keys of the right kind. `allowed`
// is the registered algorithm; another one is refused before any key is looked at.
Result<void, JwsError> verify_jws(const Jws& jws, const std::vector<Jwk>& keys, Algorithm allowed);

// A NumericDate claim (RFC 7519 §2): an integer, or a float that is rounded down; nullopt when absent.
// Malformed when it is anything else or beyond the year 9999.
Result<std::optional<Instant>, JwsError> find_numeric_date(const json::object& claims, std::string_view name);

// A claim that must be a non-empty string of at most 1,024 bytes; nullopt when absent.
Result<std::optional<std::string>, JwsError> find_string(const json::object& claims, std::string_view name);

}  // namespace tessera::jose
