// Which resources a token is for, and which scopes it may carry there (RFC 8707 §2, RFC 9068 §3).
#pragma once

#include <string>
#include <vector>

#include "daemon/oauth/token/grant.hpp"

namespace tessera::oauth {

inline constexpr std::size_t resources_max = 8;

// One resource the client may ask for.
struct Target {
    std::string uri;                      // as registered: goes into aud
    const storage::ClientAccess* access;  // of the client, in its record; nullptr for the realm's own API
    ResourcePtr resource;                 // nullptr for the realm's own API, and when it was not looked up
};

// The resources asked for, else the default: the client's, else the project's, else "<issuer>/api". invalid_target for one
// that is malformed, unknown or not the client's: the three are not told apart.
Async<Result<std::vector<Target>, OAuthError>> find_targets(const TokenRequest& request);

// The scopes to grant at all of them: what is asked for (else everything the client has there), by the profile's rule for
// unknown ones. With several resources a scope that two of them know is ambiguous: invalid_target.
Result<std::string, OAuthError> grant_scopes(const TokenRequest& request, const std::vector<Target>& targets);

}  // namespace tessera::oauth
