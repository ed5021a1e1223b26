#include "daemon/oidc/logout_token.hpp"

#include <array>
#include <cstdint>

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace tessera::oidc {

namespace {

constexpr std::int64_t lifetime_s = 120;
constexpr std::string_view event = "http://schemas.openid.net/event/backchannel-logout";

}  // namespace

json::object logout_claims(const Realm& realm, ClientId client, SessionId session, const std::string& subject,
                           Instant now)
{
    std::array<std::uint8_t, 16> jti;
    fill_random(jti);
    json::object claims;
    claims.emplace("iss", realm.issuer);
    claims.emplace("aud", client.to_string());
    claims.emplace("iat", to_unix_s(now));
    claims.emplace("exp", to_unix_s(now) + lifetime_s);
    claims.emplace("jti", base64url_encode(jti));
    claims.emplace("events", json::object{{event, json::object{}}});
    claims.emplace("sid", session.to_string());
    claims.emplace("sub", subject);
    return claims;
}

}  // namespace tessera::oidc
