#include "daemon/oidc/userinfo.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/serialize.hpp>

#include "base/log.hpp"
#include "daemon/oauth/access_token.hpp"
#include "daemon/oauth/token/target.hpp"
#include "daemon/oidc/claims.hpp"
#include "daemon/oidc/claims_parameter.hpp"
#include "daemon/oidc/id_token.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/token_families.hpp"

namespace tessera::oidc {

namespace {

using oauth::ErrorCode;
using oauth::OAuthError;
using Answer = Result<http::Response, OAuthError>;

// RFC 6750 §3: who brought nothing is told how, and not that something was wrong.
http::Response challenge()
{
    http::Response response = http::json_error(401, "invalid_token", "An access token is required.");
    response.set("WWW-Authenticate", R"(Bearer realm="userinfo")");
    return response;
}

http::Response refusal(const OAuthError& error)
{
    http::Response response = oauth::render(error);
    if (error.code == ErrorCode::invalid_token || error.code == ErrorCode::insufficient_scope
        || error.code == ErrorCode::invalid_request) {
        std::string header = R"(Bearer realm="userinfo", error=")";
        header += oauth::to_string(error.code);
        header += R"(", error_description=")";
        header += error.description;
        header += '"';
        if (error.code == ErrorCode::insufficient_scope) {
            header += R"(, scope="openid")";
        }
        response.set("WWW-Authenticate", std::move(header));
    }
    return response;
}

OAuthError invalid_token(std::string detail)
{
    return {ErrorCode::invalid_token, "The access token is not valid here.", std::move(detail)};
}

// §5.5: what was asked for by name. Only then is there something to read: it never changes.
Async<Result<std::vector<std::string>, OAuthError>>
names_of(Front& front, const Realm& realm, const oauth::FoundToken& found, const storage::Client& client)
{
    if (!found.standing->has_claims_parameter) {
        co_return std::vector<std::string>{};
    }
    auto claims = co_await transact(front, realm.project.id, [&](storage::Transaction& transaction) {
        return storage::find_family_claims(transaction, *found.token->family);
    });
    if (!claims) {
        co_return oauth::from_store(claims.error());
    }
    const auto asked = claims.value() ? parse_claims_parameter(*claims.value()) : std::nullopt;
    co_return asked ? allowed_names(asked->userinfo, client.settings.scopes) : std::vector<std::string>{};
}

// §5.3.2: signed for the client that registered for it.
Async<Answer> signed_response(Front& front, RealmPtr realm, const storage::Client& client,
                              json::object claims, std::string request_id)
{
    const std::int64_t now_s = to_unix_s(front.clock.now());
    claims.emplace("iss", realm->issuer);
    claims.emplace("aud", client.id.to_string());
    claims.emplace("iat", now_s);
    claims.emplace("exp", now_s + id_token_lifetime.count());
    auto token = co_await front.keys.sign_jwt(realm->project.keyring, "JWT",
                                              *client.settings.userinfo_signed_response_alg,
                                              std::move(claims), std::move(request_id));
    if (!token) {
        co_return oauth::from_keyd(token.error());
    }
    http::Response response;
    response.set("Content-Type", "application/jwt");
    response.body = std::move(token.value().jwt);
    co_return response;
}

Async<Answer> answer(Front& front, const http::Request& request, RealmPtr realm)
{
    auto bearer = find_bearer_token(request);
    if (!bearer) {
        co_return OAuthError{ErrorCode::invalid_request, bearer.error().description, "bearer"};
    }
    if (!bearer.value()) {
        co_return challenge();
    }
    CO_TRY(auto&& found, co_await oauth::find_access_token(front, realm, std::move(*bearer.value())));
    if (!found.is_active()) {
        co_return invalid_token(std::string{oauth::to_string(found.why)});
    }
    // A token for somebody's API is that API's: it must not be able to learn more with it here.
    if (!found.token->is_for(oauth::own_api_of(*realm))) {
        co_return invalid_token("for another audience");
    }
    if (!found.token->has_scope("openid") || !found.token->family || !found.standing->user) {
        co_return OAuthError{ErrorCode::insufficient_scope, "The scope openid is required.", "no openid"};
    }
    auto client = co_await front.realms.find_client(realm->project.id, found.token->client);
    if (!client) {
        co_return oauth::from_store(client.error());
    }
    if (client.value() == nullptr) {
        co_return invalid_token("client gone");
    }
    auto user = co_await front.realms.find_user(realm->project.id, *found.standing->user);
    if (!user) {
        co_return oauth::from_store(user.error());
    }
    if (user.value() == nullptr || user.value()->disabled) {
        co_return invalid_token("user gone");
    }
    CO_TRY(auto&& names, co_await names_of(front, *realm, found, client.value()->client));
    json::object claims = claims_of(*user.value(), found.token->scope, names);
    claims.emplace("sub", found.token->subject);
    if (client.value()->client.settings.userinfo_signed_response_alg) {
        co_return co_await signed_response(front, realm, client.value()->client, std::move(claims),
                                           request.request_id);
    }
    co_return http::json_response(200, json::serialize(claims));
}

}  // namespace

Async<http::Response> userinfo(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await answer(front, request, realm);
    if (!answered && answered.error().code != ErrorCode::invalid_token) {
        log::write(log::Level::info, "userinfo_refused", request.request_id,
                   {{"realm", realm->project.slug}, {"detail", answered.error().detail}});
    }
    http::Response response = answered ? std::move(answered.value()) : refusal(answered.error());
    response.set("Cache-Control", "no-store");
    co_return response;
}

}  // namespace tessera::oidc
