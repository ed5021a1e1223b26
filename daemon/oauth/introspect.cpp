#include "daemon/oauth/introspect.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/ascii.hpp"
#include "daemon/oauth/access_token.hpp"
#include "daemon/oauth/client_call.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::oauth {

namespace {

constexpr std::string_view endpoint = "introspection";
constexpr std::string_view jwt_type = "application/token-introspection+jwt";

// A public client proves nothing: whoever found a token could ask.
bool may_ask(const AuthenticatedClient& client) { return client.method != "none"; }

// RFC 9110 §12.5.1, as far as a media type of ours goes: named, and not with q=0.
bool accepts_jwt(const http::Request& request)
{
    std::string_view rest = request.find("accept");
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        std::string_view each = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        const std::size_t semicolon = each.find(';');
        const std::string_view parameters =
            semicolon == std::string_view::npos ? std::string_view{} : each.substr(semicolon);
        if (ascii::to_lower(ascii::trim(each.substr(0, semicolon))) == jwt_type) {
            return !parameters.ends_with("q=0");
        }
    }
    return false;
}

// Whether the client answers for one of the resources the token is for.
Async<Result<bool, OAuthError>> is_for_caller(Front& front, RealmPtr realm, const AuthenticatedClient& caller,
                                              AccessTokenPtr token)
{
    const storage::Client& client = caller.record->client;
    if (client.settings.introspection_allowed) {
        co_return true;
    }
    for (const std::string& audience : token->audience) {
        const auto normalized = normalize_resource_uri(audience);
        if (!normalized) {
            continue;
        }
        auto resource = co_await front.realms.find_resource(realm->project.id, *normalized);
        if (!resource) {
            co_return from_store(resource.error());
        }
        if (resource.value() && resource.value()->introspection_client == client.id) {
            co_return true;
        }
    }
    co_return false;
}

json::object inactive_answer() { return {{"active", false}}; }

// RFC 7662 §2.2. The same for every caller that may see the token: what a JWT says can be read by whoever holds it.
json::object answer_of(const AccessToken& token)
{
    json::object answer;
    answer.reserve(12);
    answer.emplace("active", true);
    if (!token.scope.empty()) {
        answer.emplace("scope", token.scope);
    }
    answer.emplace("client_id", token.client.to_string());
    answer.emplace("token_type", "Bearer");
    answer.emplace("exp", to_unix_s(token.expires));
    answer.emplace("iat", to_unix_s(token.issued));
    answer.emplace("sub", token.subject);
    if (token.audience.size() == 1) {
        answer.emplace("aud", token.audience.front());
    } else {
        answer.emplace("aud", json::array(token.audience.begin(), token.audience.end()));
    }
    answer.emplace("iss", token.issuer);
    answer.emplace("jti", token.jti);
    if (token.auth_time) {
        answer.emplace("auth_time", to_unix_s(*token.auth_time));
    }
    if (!token.acr.empty()) {
        answer.emplace("acr", token.acr);
    }
    return answer;
}

// A refresh token is found in no way here: inactive, as any text that is no access token (docs/spec-map.md IN-03).
Async<Result<json::object, OAuthError>> look_up(Front& front, RealmPtr realm, const ClientCall& call)
{
    CO_TRY(auto&& found, co_await find_access_token(front, realm, std::string{*call.form.find("token")}));
    if (!found.is_active()) {
        co_return inactive_answer();
    }
    CO_TRY(const bool is_theirs, co_await is_for_caller(front, realm, call.client, found.token));
    co_return is_theirs ? answer_of(*found.token) : inactive_answer();
}

// RFC 9701 §6: what the client registered, else RS256 where the realm has such a key.
Async<Result<std::string, OAuthError>> algorithm_for(Front& front, const Realm& realm, const ClientCall& call)
{
    if (const auto& own = call.client.record->client.settings.introspection_signed_response_alg) {
        co_return *own;
    }
    auto jwks = co_await front.keys.jwks(realm.project.keyring);
    if (!jwks) {
        co_return from_keyd(jwks.error());
    }
    const auto& algorithms = jwks.value()->algorithms;
    co_return std::ranges::find(algorithms, "RS256") != algorithms.end() ? "RS256" : "";
}

// RFC 9701 §5: no sub and no exp beside the answer, so that nobody takes it for a token.
Async<Result<http::Response, OAuthError>> signed_answer(Front& front, const http::Request& request,
                                                        RealmPtr realm, const ClientCall& call,
                                                        json::object answer)
{
    CO_TRY(auto&& algorithm, co_await algorithm_for(front, *realm, call));
    json::object claims;
    claims.emplace("iss", realm->issuer);
    claims.emplace("aud", call.client.record->client.id.to_string());
    claims.emplace("iat", to_unix_s(call.now));
    claims.emplace("token_introspection", std::move(answer));
    auto token = co_await front.keys.sign_jwt(realm->project.keyring, "token-introspection+jwt", algorithm,
                                              std::move(claims), request.request_id);
    if (!token) {
        front.metrics.count(Counter::sign_failures);
        co_return from_keyd(token.error());
    }
    http::Response response;
    response.set("Content-Type", std::string{jwt_type});
    response.body = std::move(token.value().jwt);
    co_return response;
}

Async<Result<http::Response, OAuthError>> answer(Front& front, const http::Request& request, RealmPtr realm,
                                                 const ClientCall& call)
{
    if (!may_ask(call.client)) {
        co_return OAuthError{ErrorCode::invalid_client, "Client authentication failed.",
                             "a public client may not introspect"};
    }
    CO_TRY(auto&& found, co_await look_up(front, realm, call));
    if (accepts_jwt(request)) {
        co_return co_await signed_answer(front, request, realm, call, std::move(found));
    }
    co_return http::json_response(200, json::serialize(found));
}

}  // namespace

Async<http::Response> introspect(Front& front, const http::Request& request, RealmPtr realm)
{
    auto call = co_await open_client_call(front, request, realm, endpoint);
    if (!call) {
        co_return std::move(call.error());
    }
    auto answered = co_await answer(front, request, realm, call.value());
    if (!answered) {
        co_return unanswered(request, *realm, endpoint, answered.error());
    }
    answered.value().set("Cache-Control", "no-store");
    co_return std::move(answered.value());
}

}  // namespace tessera::oauth
