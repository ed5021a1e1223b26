#include "daemon/resource_uri.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"

namespace tessera {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> default_ports{
    {{"http", "80"}, {"https", "443"}, {"ws", "80"}, {"wss", "443"}}};

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 3986 §3.1.
bool is_scheme(std::string_view text)
{
    return !text.empty() && is_alpha(text[0]) && std::ranges::all_of(text, [](char c) {
        return is_alpha(c) || ascii::is_digit(c) || c == '+' || c == '-' || c == '.';
    });
}

// RFC 3986 §2: unreserved, reserved without "#", or a percent-encoded byte.
bool has_uri_characters(std::string_view text)
{
    constexpr std::string_view marks = "-._~:/?[]@!$&'()*+,;=";
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size() || ascii::hex_value(text[i + 1]) < 0
                || ascii::hex_value(text[i + 2]) < 0) {
                return false;
            }
            i += 2;
        } else if (!is_alpha(text[i]) && !ascii::is_digit(text[i])
                   && marks.find(text[i]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

// RFC 3986 §3.2 without user information.
std::optional<std::string> normalize_authority(std::string_view scheme, std::string_view authority)
{
    // RFC 3986 §3.2.2: brackets enclose an IP literal, and stand nowhere else.
    const std::size_t literal = authority.starts_with('[') ? authority.find(']') + 1 : 0;
    if ((authority.starts_with('[') && literal == 0) || authority.find('@') != std::string_view::npos
        || authority.find('[', 1) != std::string_view::npos
        || authority.find(']', literal) != std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t colon = authority.find(':', literal);
    const std::string_view host = authority.substr(0, colon);
    const std::string_view port =
        colon == std::string_view::npos ? std::string_view{} : authority.substr(colon + 1);
    if (host.empty() || (literal > 0 && host.size() != literal) || port.size() > 5
        || !std::ranges::all_of(port, ascii::is_digit)) {
        return std::nullopt;
    }
    std::string out = ascii::to_lower(host);
    const bool is_default = std::ranges::find(default_ports, std::pair{scheme, port}) != default_ports.end();
    if (!port.empty() && !is_default) {
        out += ':';
        out += port;
    }
    return out;
}

}  // namespace

std::optional<std::string> normalize_resource_uri(std::string_view uri)
{
    const std::size_t colon = uri.find(':');
    if (uri.size() > resource_uri_bytes_max || colon == std::string_view::npos
        || !is_scheme(uri.substr(0, colon)) || !has_uri_characters(uri)) {
        return std::nullopt;
    }
    const std::string scheme = ascii::to_lower(uri.substr(0, colon));
    std::string_view rest = uri.substr(colon + 1);
    if (rest.empty()) {
        return std::nullopt;
    }
    if (!rest.starts_with("//")) {
        return scheme + ':' + std::string{rest};
    }
    rest.remove_prefix(2);
    const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = normalize_authority(scheme, rest.substr(0, authority_end));
    if (!authority) {
        return std::nullopt;
    }
    const std::string_view path = rest.substr(authority_end);
    std::string out = scheme + "://" + *authority;
    if (!path.starts_with('/')) {
        out += '/';
    }
    out += path;
    return out;
}

}  // namespace tessera
