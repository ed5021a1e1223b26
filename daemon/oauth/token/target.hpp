// Which resources a token is for, and which scopes it may carry there (RFC 8707 §2, RFC 9068 §3).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/oauth/token/grant.hpp"

namespace tessera::oauth {

inline constexpr std::size_t resources_max = 8;

// Who asks for what: borrowed from the endpoint's frame.
struct Asking {
    Front& front;
    RealmPtr realm;
    const storage::ClientRecord& record;
    const Profile& profile;
    Reach reach;
};

// One resource the client may ask for.
struct Target {
    std::string uri;                       // as registered: goes into aud
    ResourcePtr resource;                  // nullptr for the realm's own API, and when it was not looked up
    std::vector<std::string_view> scopes;  // the client may have here; of its record or of `resource`
};

// The realm's own API, "<issuer>/api": the audience of a token for no resource.
std::string own_api_of(const Realm& realm);

// The resources named, else the default: the client's, else the project's, else the realm's own API. invalid_target for one
// that is malformed, unknown or not the client's: the three are not told apart.
Async<Result<std::vector<Target>, OAuthError>> find_targets(Asking asking,
                                                            std::vector<std::string_view> resources);

// Every scope the client may have at one of them, in code-point order.
std::vector<std::string_view> scopes_at(const std::vector<Target>& targets);

// With several resources a scope that two of them know is ambiguous (RFC 9068 §3): invalid_target.
Result<void, OAuthError> check_unambiguous(const std::vector<Target>& targets,
                                           std::span<const std::string_view> scopes);

// For a client's own token: the resources of the request, and the scopes to grant at all of them: what is asked for (else everything
// the client has there), by the profile's rule for unknown ones.
Async<Result<std::vector<Target>, OAuthError>> find_targets(const TokenRequest& request);
Result<std::string, OAuthError> grant_scopes(const TokenRequest& request, const std::vector<Target>& targets);

OAuthError invalid_target(std::string detail);
OAuthError invalid_scope(std::string detail);

}  // namespace tessera::oauth
