#include "daemon/oauth/token/issue.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"

namespace tessera::oauth {

namespace {

// 128 bits: unique without a look-up.
std::string random_jti()
{
    std::array<std::uint8_t, 16> bytes;
    fill_random(bytes);
    return base64url_encode(bytes);
}

std::int64_t lifetime_of(const TokenRequest& request)
{
    const std::int32_t own = request.record().client.settings.access_token_lifetime_s;
    return own > 0 ? own : request.realm->project.settings.access_token_lifetime_s;
}

json::value audience_of(const TokenOrder& order)
{
    if (order.audience.size() == 1) {
        return json::value(order.audience.front());
    }
    return json::array(order.audience.begin(), order.audience.end());
}

// RFC 9068 §2.2.
json::object claims_of(const TokenRequest& request, const TokenOrder& order, const std::string& jti)
{
    const std::int64_t issued_s = to_unix_s(request.now);
    json::object claims;
    claims.reserve(8);
    claims.emplace("iss", request.realm->issuer);
    claims.emplace("sub", order.subject);
    claims.emplace("aud", audience_of(order));
    claims.emplace("client_id", request.record().client.id.to_string());
    claims.emplace("iat", issued_s);
    claims.emplace("exp", issued_s + lifetime_of(request));
    claims.emplace("jti", jti);
    if (!order.scope.empty()) {
        claims.emplace("scope", order.scope);
    }
    return claims;
}

storage::AuditEntry event_of(const TokenRequest& request, const TokenOrder& order, const std::string& jti,
                             const keys::SignedToken& token)
{
    audit::Event event{.type = audit::EventType::oauth_token_issued};
    audit::add_request(event, request.request);
    event.project = request.realm->project.id;
    event.client_id = request.record().client.id.to_string();
    event.principal = {audit::PrincipalKind::client, order.subject};
    event.target = {"resource", order.audience.front()};
    event.authority = "grant_type=" + std::string{request.grant_type};
    event.body.reserve(7);
    event.body.emplace("jti", jti);
    event.body.emplace("kid", token.kid);
    event.body.emplace("resources", json::array(order.audience.begin(), order.audience.end()));
    event.body.emplace("scope", order.scope);
    event.body.emplace("expire_time", to_unix_s(request.now) + lifetime_of(request));
    event.body.emplace("auth_method", request.client.method);
    event.body.emplace("grant_type", request.grant_type);
    return {audit::to_row(event, request.now), request.client.once};
}

// RFC 6749 §5.1. The token is base64url and dots, a scope-token has no quote and no backslash: nothing needs escaping.
http::Response answer(const TokenRequest& request, const TokenOrder& order, const std::string& jwt)
{
    std::string body;
    body.reserve(jwt.size() + order.scope.size() + 96);
    body += R"({"access_token":")";
    body += jwt;
    body += R"(","token_type":"Bearer","expires_in":)";
    body += std::to_string(lifetime_of(request));
    if (!order.scope.empty()) {
        body += R"(,"scope":")";
        body += order.scope;
        body += '"';
    }
    body += '}';
    http::Response response = http::json_response(200, std::move(body));
    response.set("Cache-Control", "no-store");
    response.set("Pragma", "no-cache");
    return response;
}

}  // namespace

Async<Result<http::Response, OAuthError>> issue_access_token(const TokenRequest& request, TokenOrder order)
{
    const std::string jti = random_jti();
    auto token = co_await request.front.keys.sign_jwt(
        request.realm->project.keyring, "at+jwt",
        request.record().client.settings.access_token_signing_alg.value_or(""),
        claims_of(request, order, jti), request.request.request_id);
    if (!token) {
        request.front.metrics.count(Counter::sign_failures);
        co_return from_keyd(token.error());
    }
    auto appended = co_await request.front.audit.append(event_of(request, order, jti, token.value()));
    if (!appended) {
        request.front.metrics.count(Counter::audit_failures);
        co_return from_store(appended.error());
    }
    if (appended.value() == storage::Appended::replayed) {
        request.front.metrics.count(Counter::assertions_replayed);
        co_return OAuthError{ErrorCode::invalid_client, "Client authentication failed.", "jti used before"};
    }
    co_return answer(request, order, token.value().jwt);
}

}  // namespace tessera::oauth
