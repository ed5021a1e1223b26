#include "daemon/oidc/logout_request.hpp"

#include <algorithm>

#include "daemon/oidc/frontchannel_logout.hpp"

namespace tessera::oidc {

namespace {

using oauth::ErrorCode;
using oauth::OAuthError;

constexpr std::size_t state_bytes_max = 4096;

OAuthError malformed(std::string_view description, std::string detail)
{
    return {ErrorCode::invalid_request, description, std::move(detail)};
}

std::string text_of(const http::Form& form, std::string_view name)
{
    return std::string{form.find(name).value_or("")};
}

Async<Result<ClientRecordPtr, OAuthError>> find_client(Front& front, RealmPtr realm,
                                                       std::optional<ClientId> id)
{
    if (!id) {
        co_return malformed("client_id is not known here.", "client_id malformed");
    }
    auto found = co_await front.realms.find_client(realm->project.id, *id);
    if (!found) {
        co_return oauth::from_store(found.error());
    }
    if (!found.value() || found.value()->client.disabled) {
        co_return malformed("client_id is not known here.", "client unknown or disabled");
    }
    co_return std::move(found.value());
}

}  // namespace

Async<Result<LogoutRequest, OAuthError>> read_logout_request(Front& front, RealmPtr realm,
                                                             const http::Form& form)
{
    if (form.find_repeated({})) {
        co_return malformed("A parameter occurs more than once.", "repeated parameter");
    }
    LogoutRequest request;
    request.client_id = text_of(form, "client_id");
    request.post_logout_redirect_uri = text_of(form, "post_logout_redirect_uri");
    request.state = text_of(form, "state");
    request.ui_locales = text_of(form, "ui_locales");
    if (request.state.size() > state_bytes_max) {
        co_return malformed("state is too long.", "state too long");
    }
    if (const auto hint = form.find("id_token_hint")) {
        CO_TRY(request.hint, co_await read_id_token_hint(front, realm, *hint));
        if (!request.hint) {
            co_return request;
        }
    }
    if (request.hint && !request.client_id.empty() && request.hint->client.to_string() != request.client_id) {
        co_return malformed("client_id is not the client the ID token was issued to.", "client_id and hint");
    }
    if (request.hint) {
        CO_TRY(request.client, co_await find_client(front, realm, request.hint->client));
    } else if (!request.client_id.empty()) {
        CO_TRY(request.client, co_await find_client(front, realm, ClientId::parse(request.client_id)));
    }
    if (request.client && !request.post_logout_redirect_uri.empty()) {
        const auto& registered = request.client->client.settings.post_logout_redirect_uris;
        if (std::ranges::find(registered, request.post_logout_redirect_uri) == registered.end()) {
            co_return malformed("post_logout_redirect_uri is not registered for this client.",
                                "post_logout_redirect_uri");
        }
        request.return_uri = request.state.empty()
                                 ? request.post_logout_redirect_uri
                                 : with_parameter(request.post_logout_redirect_uri, "state", request.state);
    }
    co_return request;
}

}  // namespace tessera::oidc
