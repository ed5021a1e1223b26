#include "daemon/oidc/logout_token.hpp"

#include <array>
#include <cstdint>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "daemon/oidc/subject.hpp"

namespace tessera::oidc {

namespace {

constexpr std::int64_t lifetime_s = 120;
constexpr std::string_view event = "http://schemas.openid.net/event/backchannel-logout";

}  // namespace

json::object logout_claims(const Realm& realm, const storage::Client& client, SessionId session, UserId user,
                           Instant now)
{
    std::array<std::uint8_t, 16> jti;
    fill_random(jti);
    json::object claims;
    claims.emplace("iss", realm.issuer);
    claims.emplace("aud", client.id.to_string());
    claims.emplace("iat", to_unix_s(now));
    claims.emplace("exp", to_unix_s(now) + lifetime_s);
    claims.emplace("jti", base64url_encode(jti));
    claims.emplace("events", json::object{{event, json::object{}}});
    claims.emplace("sid", sid_of(realm, client, session));
    claims.emplace("sub", subject_of(realm, client, user));
    return claims;
}

}  // namespace tessera::oidc
