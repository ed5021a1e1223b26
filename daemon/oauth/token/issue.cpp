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
#include "daemon/oauth/token/scope.hpp"
#include "daemon/oidc/id_token.hpp"
#include "daemon/oidc/subject.hpp"

namespace tessera::oauth {

namespace {

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
    claims.reserve(order.person ? 13 : 8);
    claims.emplace("iss", request.realm->issuer);
    claims.emplace("sub", order.subject);
    claims.emplace("aud", audience_of(order));
    claims.emplace("client_id", request.record().client.id.to_string());
    claims.emplace("iat", issued_s);
    claims.emplace("exp", issued_s + access_token_lifetime_s(request));
    claims.emplace("jti", jti);
    if (!order.scope.empty()) {
        claims.emplace("scope", order.scope);
    }
    if (order.person) {
        // RFC 9068 §2.2.1, constant over refreshes; sid and family: what ends the token when it ends (ADR 0090).
        const storage::TokenFamily& family = order.person->family;
        claims.emplace("auth_time", to_unix_s(family.auth_time));
        claims.emplace("acr", family.acr);
        claims.emplace("amr", json::array(family.amr.begin(), family.amr.end()));
        claims.emplace("sid", oidc::sid_of(*request.realm, request.record().client, family.session));
        claims.emplace("family", family.id.to_string());
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
    event.body.emplace("expire_time", to_unix_s(request.now) + access_token_lifetime_s(request));
    event.body.emplace("auth_method", request.client.method);
    event.body.emplace("grant_type", request.grant_type);
    return {audit::to_row(event, request.now), request.client.once};
}

// RFC 6749 §5.1. Tokens are base64url and dots, a scope-token has no quote and no backslash: nothing needs escaping.
http::Response answer(const TokenRequest& request, const TokenOrder& order, const std::string& jwt,
                      const std::string& id_token)
{
    std::string body;
    body.reserve(jwt.size() + id_token.size() + order.scope.size() + 192);
    body += R"({"access_token":")";
    body += jwt;
    body += R"(","token_type":"Bearer","expires_in":)";
    body += std::to_string(access_token_lifetime_s(request));
    if (!order.scope.empty()) {
        body += R"(,"scope":")";
        body += order.scope;
        body += '"';
    }
    if (order.person && !order.person->refresh_token.empty()) {
        body += R"(,"refresh_token":")";
        body += order.person->refresh_token;
        body += '"';
    }
    if (!id_token.empty()) {
        body += R"(,"id_token":")";
        body += id_token;
        body += '"';
    }
    body += '}';
    http::Response response = http::json_response(200, std::move(body));
    response.set("Cache-Control", "no-store");
    response.set("Pragma", "no-cache");
    return response;
}

Async<Result<keys::SignedToken, OAuthError>> sign_access_token(const TokenRequest& request,
                                                               const TokenOrder& order, std::string jti)
{
    auto token = co_await request.front.keys.sign_jwt(
        request.realm->project.keyring, "at+jwt",
        request.record().client.settings.access_token_signing_alg.value_or(""),
        claims_of(request, order, jti), request.request.request_id);
    if (!token) {
        request.front.metrics.count(Counter::sign_failures);
        co_return from_keyd(token.error());
    }
    co_return std::move(token.value());
}

// Everything is recorded and committed: what is left is to sign.
Async<Result<http::Response, OAuthError>> issue_to_person(const TokenRequest& request, TokenOrder order)
{
    const PersonOrder& person = *order.person;
    auto access = co_await sign_access_token(request, order, person.jti);
    if (!access) {
        co_await person.release(request, order);
        co_return std::move(access.error());
    }
    std::string id_token;
    // The code's token tells the nonce; a refreshed one does not (OpenID Connect Core §12.2).
    if (has_scope(order.scope, "openid")) {
        const oidc::IdTokenOrder wanted{
            .client = request.record().client,
            .family = person.family,
            .subject = order.subject,
            .nonce = request.grant_type == "authorization_code" ? person.family.nonce : std::nullopt,
            .access_token = access.value().jwt,
            .now = request.now};
        auto signed_id =
            co_await oidc::sign_id_token(request.front, request.realm, wanted, request.request.request_id);
        if (!signed_id) {
            request.front.metrics.count(Counter::sign_failures);
            co_await person.release(request, order);
            co_return std::move(signed_id.error());
        }
        id_token = std::move(signed_id.value());
    }
    co_return answer(request, order, access.value().jwt, id_token);
}

}  // namespace

std::int64_t access_token_lifetime_s(const TokenRequest& request)
{
    const std::int32_t own = request.record().client.settings.access_token_lifetime_s;
    return own > 0 ? own : request.realm->project.settings.access_token_lifetime_s;
}

std::string random_jti()
{
    std::array<std::uint8_t, 16> bytes;
    fill_random(bytes);
    return base64url_encode(bytes);
}

Async<Result<http::Response, OAuthError>> issue_tokens(const TokenRequest& request, TokenOrder order)
{
    if (order.person) {
        co_return co_await issue_to_person(request, std::move(order));
    }
    const std::string jti = random_jti();
    CO_TRY(auto&& token, co_await sign_access_token(request, order, jti));
    auto appended = co_await request.front.audit.append(event_of(request, order, jti, token));
    if (!appended) {
        request.front.metrics.count(Counter::audit_failures);
        co_return from_store(appended.error());
    }
    if (appended.value() == storage::Appended::replayed) {
        request.front.metrics.count(Counter::assertions_replayed);
        co_return assertion_replayed();
    }
    co_return answer(request, order, token.jwt, {});
}

}  // namespace tessera::oauth
