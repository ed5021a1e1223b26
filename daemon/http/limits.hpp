// Every limit of the HTTP room, by name and with its unit.
#pragma once

#include <cstddef>

#include "base/clock.hpp"

namespace tessera::http {

struct Limits {
    std::size_t head_bytes_max = 16 * 1024;  // request line and header fields: 431
    std::size_t url_bytes_max = 8 * 1024;    // 414
    std::size_t headers_max = 100;           // 431
    std::size_t connections_max = 16'384;    // of one event loop
    // Of request bodies that are not complete yet, all connections of one event loop together: 503.
    std::size_t bodies_bytes_max = 32 * 1024 * 1024;
    Milliseconds handshake{10'000};
    Milliseconds head{10'000};  // from the first byte of a request to the end of its header
    Milliseconds body{20'000};
    Milliseconds write{20'000};
    Milliseconds idle{75'000};
    Milliseconds drain{20'000};
    // After a refusal the rest of what was sent is read and dropped for so long, so that the answer is not lost to a reset.
    Milliseconds linger{1'000};
    std::size_t linger_bytes_max = 1024 * 1024;
};

}  // namespace tessera::http
