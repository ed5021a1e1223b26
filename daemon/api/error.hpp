// What a JSON API answers when it does not do what was asked: google.rpc.Status, {"code","message","details"}.
#pragma once

#include <string>
#include <string_view>

#include "daemon/http/response.hpp"
#include "keyd/client/error.hpp"
#include "storage/error.hpp"

namespace tessera::api {

// google.rpc.Code.
enum class Code {
    invalid_argument = 3,
    deadline_exceeded = 4,
    not_found = 5,
    already_exists = 6,
    permission_denied = 7,
    resource_exhausted = 8,
    failed_precondition = 9,
    aborted = 10,
    unimplemented = 12,
    internal = 13,
    unavailable = 14,
    unauthenticated = 16,
};

// "invalid_argument".
std::string_view to_string(Code code);
int http_status(Code code);

struct ApiError {
    Code code;
    std::string message;   // public, for people
    std::string field{};   // invalid_argument: the member at fault, as sent: "settings.displayName"
    std::string detail{};  // for the log, never sent

    ApiError(Code code_, std::string message_, std::string field_ = {}, std::string detail_ = {});
    // The layers below, each in one function: TRY converts.
    ApiError(const storage::StoreError& error);  // NOLINT(google-explicit-constructor)
    ApiError(const keyd::KeydError& error);      // NOLINT(google-explicit-constructor)
};

// One text for whatever is not there, so that a foreign id and a made-up one answer the same bytes (SR-10).
ApiError not_found();
ApiError invalid(std::string field, std::string message);
ApiError failed_precondition(std::string message);

// Retry-After goes with unavailable.
http::Response error_response(const ApiError& error);

}  // namespace tessera::api
