// The ID token: OpenID Connect Core §2, §3.1.3.6, §12.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/token_families.hpp"

namespace tessera::oidc {

// One token; borrowed from the caller's frame.
struct IdTokenOrder {
    const storage::Client& client;
    const storage::TokenFamily& family;
    std::string_view subject;
    std::optional<std::string> nonce{};
    std::string_view access_token{};  // for at_hash
    Instant now;
};

// Nobody should rely on it for longer; a client that wants to know more asks UserInfo.
inline constexpr Seconds id_token_lifetime{600};

json::object id_token_claims(const Realm& realm, const IdTokenOrder& order, std::string_view alg);

// What the client registered, else RS256, which is OpenID Connect's default, else the keyring's own.
std::string choose_alg(const std::optional<std::string>& registered,
                       const std::vector<std::string>& of_keyring);

// With the claims that were asked for by name in it (§5.5).
Async<Result<std::string, oauth::OAuthError>>
sign_id_token(Front& front, RealmPtr realm, const IdTokenOrder& order, std::string request_id);

}  // namespace tessera::oidc
