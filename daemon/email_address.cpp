#include "daemon/email_address.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace tessera {

namespace {

// RFC 5322 §3.2.3 atext.
bool is_atext(char c)
{
    constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
    const char lower = static_cast<char>(c | 0x20);
    return ascii::is_digit(c) || (lower >= 'a' && lower <= 'z') || marks.find(c) != std::string_view::npos;
}

bool is_dot_atom(std::string_view text)
{
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view atom = text.substr(0, dot);
        if (atom.empty() || !std::ranges::all_of(atom, is_atext)) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(dot + 1);
    }
}

bool is_domain(std::string_view text)
{
    std::size_t labels = 0;
    while (true) {
        const std::size_t dot = text.find('.');
        if (!ascii::is_label(text.substr(0, dot))) {
            return false;
        }
        ++labels;
        if (dot == std::string_view::npos) {
            return labels >= 2;
        }
        text.remove_prefix(dot + 1);
    }
}

}  // namespace

std::optional<std::string> parse_email_address(std::string_view text)
{
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || text.size() > email_address_bytes_max || at > email_local_bytes_max) {
        return std::nullopt;
    }
    const std::string domain = ascii::to_lower(text.substr(at + 1));
    if (!is_dot_atom(text.substr(0, at)) || !is_domain(domain)) {
        return std::nullopt;
    }
    return std::string{text.substr(0, at)} + "@" + domain;
}

}  // namespace tessera
