// A logo as it may be stored and served: pixels only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/encoding.hpp"
#include "base/result.hpp"

namespace tessera::page {

// Bytes of an upload, of what is stored; pixels on a side.
inline constexpr std::size_t logo_upload_bytes_max = 1024 * 1024;
inline constexpr std::size_t logo_bytes_max = 256 * 1024;
inline constexpr std::uint32_t logo_side_pixels_max = 1024;

struct LogoError {
    std::string_view description;  // public
};

// A PNG made of the pixels of another: 8-bit RGBA, no ancillary chunk (text, profile, time, physical size), nothing before or
// behind. Refuses what is too large before it decodes anything; memory stays below 10 MiB.
Result<Bytes, LogoError> reencode_logo(ByteView png);

struct LogoSize {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
};
// Of a PNG's header; empty when there is none.
std::optional<LogoSize> size_of_logo(ByteView png);

}  // namespace tessera::page
