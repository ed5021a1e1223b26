// QR codes (ISO/IEC 18004) as SVG.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera::login {

inline constexpr std::size_t qr_text_bytes_max = 1024;
inline constexpr std::size_t qr_title_bytes_max = 256;

// One <svg> element without script, style or links: role="img" with `title` as its name, black on a white quiet zone of four
// modules in light and dark mode alike. It has no width and height: the page's stylesheet sizes it. Safe to put into HTML as it is.
// nullopt when text or title is empty, too long or not UTF-8, or the text has a NUL.
std::optional<std::string> qr_svg(std::string_view text, std::string_view title);

}  // namespace tessera::login
