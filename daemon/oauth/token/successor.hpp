// What a rotated refresh token was replaced by, kept so that only its holder can read it (docs/adr/0091-a-retry-gets-the-same-successor.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.hpp"

namespace tessera::oauth {

// AES-256-GCM under HKDF-SHA-256 (RFC 5869) of the presented token: nonce, ciphertext, tag.
Bytes seal_successor(std::string_view presented, std::string_view successor);
// Nothing unless it was sealed under this very token and nobody changed a bit.
std::optional<std::string> open_successor(std::string_view presented, ByteView sealed);

}  // namespace tessera::oauth
