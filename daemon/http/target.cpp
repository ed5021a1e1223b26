#include "daemon/http/target.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/encoding.hpp"
#include "daemon/http/request.hpp"

namespace tessera::http {

namespace {

bool is_visible_ascii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool has_control(std::string_view text)
{
    return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

// RFC 3986 §2.1. Nothing when an escape is malformed or hides a separator.
bool decode_path(std::string_view text, std::string& path)
{
    path.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            path += text[i];
            continue;
        }
        const int high = text.size() - i > 2 ? ascii::hex_value(text[i + 1]) : -1;
        const int low = text.size() - i > 2 ? ascii::hex_value(text[i + 2]) : -1;
        const char byte = static_cast<char>(high * 16 + low);
        if (high < 0 || low < 0 || byte == '/' || byte == '\\') {
            return false;
        }
        path += byte;
        i += 2;
    }
    return true;
}

bool has_ambiguous_segment(std::string_view path)
{
    while (!path.empty()) {
        path.remove_prefix(1);  // "/"
        const auto end = path.find('/');
        const std::string_view segment = path.substr(0, end);
        if (segment == "." || segment == ".." || (segment.empty() && end != std::string_view::npos)) {
            return true;
        }
        path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    }
    return false;
}

// RFC 9112 §3.2.2: what follows the authority of an absolute form.
bool strip_authority(std::string_view& text)
{
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos
        || !(ascii::equal_ignoring_case(text.substr(0, scheme), "http")
             || ascii::equal_ignoring_case(text.substr(0, scheme), "https"))) {
        return false;
    }
    text = text.substr(scheme + 3);
    const auto end = text.find_first_of("/?");
    const std::string_view authority = text.substr(0, end);
    if (authority.empty() || authority.find('@') != std::string_view::npos) {
        return false;
    }
    text = end == std::string_view::npos ? std::string_view{"/"} : text.substr(end);
    return true;
}

}  // namespace

Result<Target, TargetFault> parse_target(std::string_view text)
{
    Target target;
    if (text == "*") {
        target.path = "*";
        return target;
    }
    if (text.empty() || !is_visible_ascii(text) || text.find('#') != std::string_view::npos) {
        return TargetFault{"The request target has characters that must be percent-encoded."};
    }
    if (!text.starts_with('/') && !strip_authority(text)) {
        return TargetFault{"The request target is neither a path nor an http URL."};
    }
    const auto question = text.find('?');
    if (question != std::string_view::npos) {
        target.has_query = true;
        target.query = text.substr(question + 1);
        text = text.substr(0, question);
    }
    if (!decode_path(text.empty() ? "/" : text, target.path)) {
        return TargetFault{"The path has a malformed escape or an encoded separator."};
    }
    if (!is_utf8(target.path) || has_control(target.path) || target.path.find('\\') != std::string::npos) {
        return TargetFault{"The path has characters that no path of this server has."};
    }
    if (has_ambiguous_segment(target.path)) {
        return TargetFault{"The path has empty or dot segments."};
    }
    return target;
}

}  // namespace tessera::http
