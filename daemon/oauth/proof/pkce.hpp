// Proof Key for Code Exchange (RFC 7636), S256 only: `plain` proves nothing to whoever sees the request.
#pragma once

#include <string>
#include <string_view>

namespace tessera::oauth {

// §4.2: a SHA-256 in base64url without padding, canonical: 43 characters.
bool is_code_challenge(std::string_view text);
// §4.1: 43 to 128 unreserved characters.
bool is_code_verifier(std::string_view text);
// §4.6: BASE64URL(SHA256(verifier)).
std::string challenge_of(std::string_view verifier);

}  // namespace tessera::oauth
