// One HTTP response. The session adds Date, Content-Length, Connection, X-Request-Id and the security headers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/request.hpp"

namespace tessera::http {

struct Response {
    int status = 200;
    std::vector<Header> headers;
    std::string body;
    // Served instead of `body` without a copy when set: documents cached in memory. Shared because a cached document may be
    // replaced while a slow client still reads it.
    std::shared_ptr<const std::string> shared_body;
    // The session reads no further request of this connection for so long after this answer: an overloaded server must
    // spend less on refusing than on working (docs/adr/0053-refusals-are-cheap.md).
    Milliseconds pause{0};

    // Replaces a header of this name, or adds it.
    void set(std::string_view name, std::string value);
    // Beside those of the same name: Set-Cookie only (RFC 9110 §5.3).
    void add(std::string_view name, std::string value);
    // The first value, compared without case; empty when absent.
    std::string_view find(std::string_view name) const;
    std::string_view content() const { return shared_body ? *shared_body : body; }
};

// application/json; charset is not sent (RFC 8259 §11).
Response json_response(int status, std::string body);
// {"error": code, "error_description": text}: for everything outside an API that has its own error
// shape. Cache-Control: no-store.
Response json_error(int status, std::string_view code, std::string_view description);

}  // namespace tessera::http
