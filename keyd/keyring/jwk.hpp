// Public keys as JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

// The required public members only ({"crv","kty","x","y"}, {"e","kty","n"} or {"crv","kty","x"}), from a SubjectPublicKeyInfo in
// DER. P-256, RSA and Ed25519; anything else, and trailing bytes, are nullopt. Coordinates keep their full width (RFC 7518 §6.2.1.2).
std::optional<json::object> public_jwk(ByteView spki);

// RFC 7638 §3: base64url of SHA-256 over the canonical required members.
std::string thumbprint(const json::object& public_members);

// One entry of a JWK Set: the public members with "kid", "use":"sig" and "alg".
json::object signature_jwk(json::object public_members, std::string_view kid, v1::Algorithm algorithm);

// RFC 7517 §5, canonical: the same keys in the same order give the same bytes.
std::string jwk_set(std::span<const json::object> keys);

}  // namespace tessera::keyd
