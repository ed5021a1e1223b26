// Text encodings of bytes. Decoders accept the canonical form only: one text for one byte string, so that a changed
// character can never stand for the same value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// RFC 4648 §5 without padding, as JOSE uses it (RFC 7515 §2). The decoder refuses padding, white space, a foreign
// character and non-zero trailing bits.
std::string base64url_encode(ByteView bytes);
std::optional<Bytes> base64url_decode(std::string_view text);

// RFC 4648 §4 with padding, as HTTP Basic uses it (RFC 7617). Equally strict.
std::string base64_encode(ByteView bytes);
std::optional<Bytes> base64_decode(std::string_view text);

// RFC 4648 §8 in lower case; the decoder accepts lower case only.
std::string hex_encode(ByteView bytes);
std::optional<Bytes> hex_decode(std::string_view text);

// A 128-bit big-endian number as exactly 25 characters of [0-9a-z]. The decoder refuses upper case, any other length
// and numbers above 2^128 - 1.
inline constexpr std::size_t base36_chars = 25;
std::string base36_encode(std::span<const std::uint8_t, 16> number);
std::optional<std::array<std::uint8_t, 16>> base36_decode(std::string_view text);

// True for well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). NUL is well-formed.
bool is_utf8(std::string_view text);

}  // namespace tessera
