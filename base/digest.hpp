// SHA-2 digests over bytes, by OpenSSL.
#pragma once

#include <array>
#include <cstdint>

#include "base/encoding.hpp"

namespace tessera {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(ByteView bytes);
inline Sha256 sha256(std::string_view text) { return sha256(as_bytes(text)); }

}  // namespace tessera
