// What an OAuth endpoint can refuse with: a closed set of registry codes. The only table code → status and headers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/http/response.hpp"
#include "keyd/client/error.hpp"
#include "storage/error.hpp"

namespace tessera::oauth {

// IANA "OAuth Extensions Error Registry" and RFC 6749 §5.2, §4.1.2.1; RFC 6750 §3.1; RFC 8707 §2 (invalid_target); RFC 7591 §3.2.2;
// OpenID Connect Core §3.1.2.6; OpenID Connect Core Error Code unmet_authentication_requirements.
enum class ErrorCode {
    invalid_request,
    invalid_client,
    invalid_grant,
    unauthorized_client,
    unsupported_grant_type,
    invalid_scope,
    invalid_target,
    invalid_token,
    insufficient_scope,
    unsupported_token_type,
    invalid_redirect_uri,
    invalid_client_metadata,
    unsupported_response_type,
    access_denied,
    login_required,
    interaction_required,
    consent_required,
    account_selection_required,
    unmet_authentication_requirements,
    request_not_supported,
    request_uri_not_supported,
    registration_not_supported,
    temporarily_unavailable,
    server_error,
};

// RFC 6749 §5.2: a client that tried the Authorization header is told the scheme it must use.
enum class Challenge { none, basic };

struct OAuthError {
    ErrorCode code;
    // Public. RFC 6749 §5.2 characters only, never input of the caller.
    std::string_view description;
    // For the log and the audit trail, never sent.
    std::string detail;
    Challenge challenge = Challenge::none;
    std::uint32_t retry_after_s = 0;  // temporarily_unavailable; 0 = the usual
};

std::string_view to_string(ErrorCode code);

// The service is in trouble, not who asks: for the log and the alarms, not for a trail that may be what is in trouble.
bool is_own_trouble(ErrorCode code);
// Of a page that tells a person of the error.
int page_status(ErrorCode code);

// %x20-21 / %x23-5B / %x5D-7E.
bool is_description(std::string_view text);

// JSON, no-store, WWW-Authenticate, Retry-After.
http::Response render(const OAuthError& error);

OAuthError from_store(const storage::StoreError& error);
OAuthError from_keyd(const keyd::KeydError& error);
// A jti that was used before proves nothing (RFC 7523 §3).
OAuthError assertion_replayed();

}  // namespace tessera::oauth
