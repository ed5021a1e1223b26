// The server's own limits; those both sides share are in base/limits.hpp.
#pragma once

#include <cstddef>

#include "base/clock.hpp"

namespace tessera::keyd::server::server_limits {

inline constexpr std::size_t connections_max = 256;           // per socket
inline constexpr std::size_t unsent_bytes_max = 1024 * 1024;  // beyond it a connection is not read from
inline constexpr Seconds hello_max{2};                        // from accept to Hello
inline constexpr Seconds frame_max{5};                        // from a frame's first byte to its last
inline constexpr Seconds blocked_max{5};                      // a peer that takes no bytes
inline constexpr Seconds drain_max{5};                        // from SIGTERM to the end
inline constexpr Milliseconds sweep_every{250};
inline constexpr Seconds stranger_line_every{1};  // in the log
inline constexpr Milliseconds deadline_default{2000};
inline constexpr Milliseconds deadline_max{30'000};
inline constexpr std::uint32_t overloaded_retry_after_ms = 100;

}  // namespace tessera::keyd::server::server_limits
