// The logout token (OpenID Connect Back-Channel Logout §2.4).
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "daemon/realm.hpp"

namespace tessera::oidc {

inline constexpr std::string_view logout_token_typ = "logout+jwt";

// Lives two minutes, has a jti of its own and never a nonce. `subject` as the client's ID tokens have it.
json::object logout_claims(const Realm& realm, ClientId client, SessionId session, const std::string& subject,
                           Instant now);

}  // namespace tessera::oidc
