// A blocking HTTP/1.1 client for a Unix socket: how the command line speaks to the console API.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace tessera::http {

struct LocalAnswer {
    int status = 0;
    std::string body;
};

struct LocalFailure {
    std::string text;  // why nobody answered
};

inline constexpr std::size_t local_answer_bytes_max = 16 * 1024 * 1024;

// One request on a connection of its own. `body` is JSON, or empty for none. Fails when the socket cannot be reached, the
// answer is not HTTP, is too long, or does not arrive within `limit`.
Result<LocalAnswer, LocalFailure> local_request(const std::string& socket_path, const std::string& method,
                                                const std::string& target, const std::string& body,
                                                Seconds limit);

}  // namespace tessera::http
