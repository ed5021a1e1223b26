// What keyd insists on before it signs a claims set (RFC 7519 §4.1). The hot path: one parse, no copy of the claims.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "keyd/keyring/refusal.hpp"

namespace tessera::keyd {

// Checks size, depth, duplicate members, types of the registered claims, lifetime and iat, in this order, and answers iss:
// whether it may sign with the keyring is the caller's to decide. Each refusal has its own code.
//
// Every JWT says when it ends, but for token-introspection+jwt (RFC 9701 §5): that one must not have exp or sub, so that
// nobody takes it for an access token.
Answer<std::string> check_claims(std::string_view typ, std::string_view claims, Seconds lifetime_max,
                                 Instant now);

}  // namespace tessera::keyd
