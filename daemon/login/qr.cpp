#include "daemon/login/qr.hpp"

#include <memory>

#include <fmt/format.h>
#include <qrencode.h>

#include "base/encoding.hpp"

namespace tessera::login {

namespace {

constexpr int quiet_zone = 4;  // modules, ISO/IEC 18004 §6.3.8

struct FreeQr {
    void operator()(QRcode* code) const noexcept { QRcode_free(code); }
};
using QrPtr = std::unique_ptr<QRcode, FreeQr>;

std::string escape_xml(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        // XML 1.0 §2.2 has no control characters but these three.
        default: escaped += (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r') ? ' ' : c;
        }
    }
    return escaped;
}

// One sub-path for each run of dark modules in a row.
std::string dark_path(const QRcode& code)
{
    std::string path;
    const auto dark = [&code](int x, int y) {
        return x < code.width && (code.data[y * code.width + x] & 1) != 0;
    };
    for (int y = 0; y < code.width; ++y) {
        for (int x = 0; x < code.width;) {
            int end = x;
            while (dark(end, y)) {
                ++end;
            }
            if (end > x) {
                path += fmt::format("M{} {}h{}v1h-{}z", x + quiet_zone, y + quiet_zone, end - x, end - x);
            }
            x = end + 1;
        }
    }
    return path;
}

bool is_usable(std::string_view text, std::size_t bytes_max)
{
    return !text.empty() && text.size() <= bytes_max && is_utf8(text)
           && text.find('\0') == std::string_view::npos;
}

}  // namespace

std::optional<std::string> qr_svg(std::string_view text, std::string_view title)
{
    if (!is_usable(text, qr_text_bytes_max) || !is_usable(title, qr_title_bytes_max)) {
        return std::nullopt;
    }
    const ByteView bytes = as_bytes(text);
    const QrPtr code{QRcode_encodeData(static_cast<int>(bytes.size()), bytes.data(), 0, QR_ECLEVEL_M)};
    if (!code) {
        return std::nullopt;
    }
    return fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" role="img">)"
                       R"(<title>{1}</title><path fill="#fff" d="M0 0h{0}v{0}H0z"/>)"
                       R"(<path fill="#000" shape-rendering="crispEdges" d="{2}"/></svg>)",
                       code->width + 2 * quiet_zone, escape_xml(title), dark_path(*code));
}

}  // namespace tessera::login
