// What ties a request to its log lines and audit events.
#pragma once

#include <string>
#include <string_view>

#include "daemon/http/request.hpp"

namespace tessera::http {

// 32 hex digits, unique; random bytes are drawn in batches. Any thread.
std::string new_request_id();
// What a client or proxy may name its request: 8 to 64 of [A-Za-z0-9_-].
bool is_request_id(std::string_view text);
// The trace-id of a traceparent header (W3C Trace Context §3.2), or empty when it is not well-formed.
std::string trace_id_of(std::string_view traceparent);

// Fills request_id and trace_id from the headers.
void correlate(Request& request);

}  // namespace tessera::http
