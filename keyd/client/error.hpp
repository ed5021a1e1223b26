// What a call to keyd can fail with, for the daemon's side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tessera::keyd {

// Mirrors tessera.keyd.v1.ErrorCode by what a caller can do about it.
enum class KeydFault {
    unavailable,  // no connection, sealed, token gone, overloaded, deadline: answer 503 and Retry-After
    refused,      // policy: a bug of the front or an attack; code_name says which rule
    not_found,    // keyring, key or data key unknown
    conflict,     // exists already, last key, standby not ready
    invalid,      // the request's content (management calls)
    unopenable,   // Open with the wrong project, context or bytes
    protocol,     // garbage on the socket, or no common version
};

struct KeydError {
    KeydFault fault;
    std::string code_name;    // "LIFETIME_TOO_LONG", or "DISCONNECTED" and the like when keyd did not answer
    std::string description;  // public, says what to do
    std::uint32_t retry_after_ms = 0;
};

}  // namespace tessera::keyd
