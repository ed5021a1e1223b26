// Text from outside, made fit for a database column and for a person's terminal (docs/spec-map.md SR-22).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tessera::audit {

inline constexpr std::size_t text_bytes_max = 1024;
inline constexpr std::string_view cut_mark = "…[cut]";

// NUL, control characters, invalid UTF-8, marks that reorder text on a screen and the backslash itself become \xNN, byte by
// byte, so that two different inputs never look the same. At most `bytes_max` bytes, the mark of a cut included.
std::string escape_text(std::string_view text, std::size_t bytes_max = text_bytes_max);

}  // namespace tessera::audit
