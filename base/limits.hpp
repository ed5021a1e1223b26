// Every limit that both processes must agree on, by name and with its unit. A limit of one room lives in that room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"

namespace tessera::limits {

// keyd frames: the longest body either side accepts.
inline constexpr std::size_t keyd_frame_bytes_max = 256 * 1024;
// SignJwt claims: serialized size and nesting.
inline constexpr std::size_t jwt_claims_bytes_max = 16 * 1024;
inline constexpr std::size_t jwt_claims_depth_max = 8;
// Requests one connection to keyd may have in flight; one more is refused with OVERLOADED.
inline constexpr std::size_t keyd_in_flight_max = 1024;
// What Seal takes: secrets are small.
inline constexpr std::size_t sealed_plaintext_bytes_max = 16 * 1024;
inline constexpr std::size_t sealed_context_bytes_max = 1024;

// Clock difference tolerated between parties (JWT iat, nbf, exp).
inline constexpr Seconds clock_skew{120};

}  // namespace tessera::limits
