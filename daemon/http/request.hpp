// One HTTP request, bounded and parsed: what every endpoint sees. Nothing of Beast.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace tessera::http {

enum class Method { get, head, post, put, patch, del, options, other };

// As in a request line (RFC 9110 §9.1), "GET"; empty for `other`.
std::string_view to_string(Method method);

struct Header {
    std::string name;  // as sent; compare with find()
    std::string value;
};

// Who is asking, as far as the network can say.
struct Peer {
    std::string address;  // after trusted proxy hops: the client's IP in text
    std::uint16_t port = 0;
    bool tls = false;
    std::optional<std::uint32_t> uid;  // Unix socket: SO_PEERCRED
};

struct Request {
    Method method = Method::other;
    std::string method_text;
    std::string path;   // decoded once, normalised: no "//", no dot segments, no NUL; starts with "/"
    std::string query;  // raw, without "?"
    bool has_query = false;
    std::vector<Header> headers;
    std::string body;
    Peer peer;
    std::string request_id;  // from X-Request-Id when it is well-formed, else made
    std::string trace_id;    // 32 hex digits of traceparent (W3C Trace Context), or empty
    Tick received;

    // The first value of a header, compared without case; empty when absent. Where several would be ambiguous, ask count().
    std::string_view find(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    // Media type in lower case without parameters: "application/x-www-form-urlencoded".
    std::string media_type() const;
};

}  // namespace tessera::http
