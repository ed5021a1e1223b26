#include "daemon/oauth/error.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/assert.hpp"

namespace tessera::oauth {

namespace {

struct ErrorSpec {
    ErrorCode code;
    std::string_view name;
    int status;
};

using enum ErrorCode;

constexpr std::array specs{
    ErrorSpec{invalid_request, "invalid_request", 400},
    ErrorSpec{invalid_client, "invalid_client", 401},
    ErrorSpec{invalid_grant, "invalid_grant", 400},
    ErrorSpec{unauthorized_client, "unauthorized_client", 400},
    ErrorSpec{unsupported_grant_type, "unsupported_grant_type", 400},
    ErrorSpec{invalid_scope, "invalid_scope", 400},
    ErrorSpec{invalid_target, "invalid_target", 400},
    ErrorSpec{invalid_token, "invalid_token", 401},
    ErrorSpec{insufficient_scope, "insufficient_scope", 403},
    ErrorSpec{unsupported_token_type, "unsupported_token_type", 400},
    ErrorSpec{invalid_redirect_uri, "invalid_redirect_uri", 400},
    ErrorSpec{invalid_client_metadata, "invalid_client_metadata", 400},
    ErrorSpec{unsupported_response_type, "unsupported_response_type", 400},
    ErrorSpec{access_denied, "access_denied", 400},
    ErrorSpec{login_required, "login_required", 400},
    ErrorSpec{interaction_required, "interaction_required", 400},
    ErrorSpec{consent_required, "consent_required", 400},
    ErrorSpec{account_selection_required, "account_selection_required", 400},
    ErrorSpec{unmet_authentication_requirements, "unmet_authentication_requirements", 400},
    ErrorSpec{request_not_supported, "request_not_supported", 400},
    ErrorSpec{request_uri_not_supported, "request_uri_not_supported", 400},
    ErrorSpec{registration_not_supported, "registration_not_supported", 400},
    ErrorSpec{temporarily_unavailable, "temporarily_unavailable", 503},
    ErrorSpec{server_error, "server_error", 500},
};
static_assert(std::ranges::all_of(specs, [](const ErrorSpec& spec) {
    return &spec == &specs[static_cast<std::size_t>(spec.code)];
}));

constexpr std::uint32_t retry_after_default_s = 1;

const ErrorSpec& spec_of(ErrorCode code)
{
    const auto at = static_cast<std::size_t>(code);
    ASSERT(at < specs.size());
    return specs[at];
}

}  // namespace

std::string_view to_string(ErrorCode code) { return spec_of(code).name; }

bool is_description(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != '\\'; });
}

http::Response render(const OAuthError& error)
{
    const ErrorSpec& spec = spec_of(error.code);
    // A description that does not fit the grammar could end the JSON string or the header it travels in.
    const std::string_view description =
        is_description(error.description) ? error.description : std::string_view{};
    http::Response response = http::json_error(spec.status, spec.name, description);
    response.set("Pragma", "no-cache");
    if (error.challenge == Challenge::basic && spec.status == 401) {
        response.set("WWW-Authenticate", R"(Basic realm="token endpoint", charset="UTF-8")");
    }
    if (error.code == temporarily_unavailable) {
        response.set("Retry-After",
                     std::to_string(error.retry_after_s == 0 ? retry_after_default_s : error.retry_after_s));
    }
    return response;
}

bool is_own_trouble(ErrorCode code) { return code == temporarily_unavailable || code == server_error; }

int page_status(ErrorCode code)
{
    switch (code) {
    case temporarily_unavailable: return 503;
    case server_error: return 500;
    default: return 400;
    }
}

OAuthError assertion_replayed()
{
    return {invalid_client, "Client authentication failed.", "jti used before"};
}

OAuthError from_store(const storage::StoreError& error)
{
    if (error.fault == storage::StoreFault::unavailable || error.fault == storage::StoreFault::timeout) {
        return {temporarily_unavailable, "The service cannot answer right now. Try again shortly.",
                "store: " + error.detail};
    }
    return {server_error, "The request could not be carried out.",
            "store: " + error.detail + (error.constraint.empty() ? "" : " (" + error.constraint + ")")};
}

OAuthError from_keyd(const keyd::KeydError& error)
{
    if (error.fault == keyd::KeydFault::unavailable) {
        return {temporarily_unavailable, "Tokens cannot be signed right now. Try again shortly.",
                "keyd: " + error.code_name, Challenge::none, (error.retry_after_ms + 999) / 1000};
    }
    return {server_error, "The token could not be signed.",
            "keyd: " + error.code_name + ": " + error.description};
}

}  // namespace tessera::oauth
