// The request target (RFC 9112 §3.2) as path and query. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tessera::http {

struct Target {
    std::string
        path;  // decoded once: starts with "/", no "//", no dot segments, valid UTF-8 without control characters; or "*"
    std::string query;  // raw
    bool has_query = false;
};

struct TargetFault {
    std::string_view description;  // public
};

// Takes the origin form, the absolute form (its authority is ignored: the issuer never comes from a request) and "*".
// Refuses what two parties could read differently: encoded slashes, backslashes, dot segments, empty segments, malformed
// escapes, bytes that are not UTF-8, control characters.
Result<Target, TargetFault> parse_target(std::string_view text);

}  // namespace tessera::http
