#include <array>
#include <utility>

#include "daemon/oauth/client_auth/basic.hpp"
#include "daemon/oauth/client_auth/method.hpp"

namespace tessera::oauth {

namespace {

constexpr std::array<const Method*, 4> methods{&client_auth::basic, &client_auth::post,
                                               &client_auth::private_key_jwt, &client_auth::none};

// One text for every way to fail: which check it was is nobody's business.
constexpr std::string_view failed = "Client authentication failed.";

ClientAuthFailure failure_of(Disbelief disbelief, const Method& method)
{
    OAuthError error = disbelief.error ? std::move(*disbelief.error)
                                       : OAuthError{ErrorCode::invalid_client, failed,
                                                    std::move(disbelief.reason), method.challenge};
    return {std::move(error), std::move(disbelief.claimed_client), method.name};
}

}  // namespace

Async<Result<AuthenticatedClient, ClientAuthFailure>> authenticate_client(const Presented& presented)
{
    const Method* used = nullptr;
    for (const Method* method : methods) {
        if (!method->is_presented(presented)) {
            continue;
        }
        if (used != nullptr) {
            // RFC 6749 §2.3: one method in each request.
            co_return ClientAuthFailure{{ErrorCode::invalid_request,
                                         "More than one client authentication was sent.",
                                         "more than one mechanism"},
                                        claimed_client_of(presented),
                                        {}};
        }
        used = method;
    }
    if (used == nullptr) {
        co_return ClientAuthFailure{{ErrorCode::invalid_client, failed, "no client authentication"},
                                    claimed_client_of(presented),
                                    {}};
    }
    auto believed = co_await used->authenticate(presented);
    if (!believed) {
        co_return failure_of(std::move(believed.error()), *used);
    }
    AuthenticatedClient& client = believed.value();
    const auto client_id = presented.form.find("client_id");
    if (client_id && *client_id != client.record->client.id.to_string()) {
        co_return ClientAuthFailure{{ErrorCode::invalid_request, "client_id is not the authenticated client.",
                                     "client_id of another client"},
                                    client.record->client.id.to_string(),
                                    used->name};
    }
    co_return std::move(client);
}

std::span<const Method* const> client_auth_methods() { return methods; }

std::string claimed_client_of(const Presented& presented)
{
    return std::string{presented.form.find("client_id").value_or("")};
}

}  // namespace tessera::oauth
