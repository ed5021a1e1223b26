// The logout token (OpenID Connect Back-Channel Logout §2.4).
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::oidc {

inline constexpr std::string_view logout_token_typ = "logout+jwt";

// Lives two minutes, has a jti of its own and never a nonce; sub and sid as the client's ID tokens have them.
json::object logout_claims(const Realm& realm, const storage::Client& client, SessionId session, UserId user,
                           Instant now);

}  // namespace tessera::oidc
