// Response → bytes, with what every response carries: Date, framing, Connection, X-Request-Id, security headers.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "daemon/http/response.hpp"

namespace tessera::http {

enum class AfterResponse { keep, close };

struct Framing {
    AfterResponse after = AfterResponse::keep;
    bool head_only = false;  // the request was HEAD
    bool http10 = false;
    bool tls = false;
    std::string_view request_id{};
};

// Appends status line and header fields, up to and including the empty line. Values are ours; one with CR, LF or NUL is a
// bug and aborts (response splitting).
void serialize_head(std::string& out, const Response& response, const Framing& framing, Instant now);

// True when content follows the head.
bool has_content(const Response& response, const Framing& framing);

}  // namespace tessera::http
