#include "daemon/page/values.hpp"

#include <algorithm>
#include <cstdint>

#include "base/ascii.hpp"

namespace tessera::page {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
    std::string_view bytes;
    std::uint32_t code = 0;
    bool is_valid = false;
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// RFC 3629 §3: the shortest form only, no surrogates, nothing above U+10FFFF. An invalid byte is taken alone.
Character next_character(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) {
        return {text.substr(0, 1), lead, true};
    }
    const Character invalid{text.substr(0, 1), 0, false};
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return invalid;
    }
    std::uint32_t code = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) {
            return invalid;
        }
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    constexpr std::uint32_t shortest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < shortest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
        return invalid;
    }
    return {text.substr(0, length), code, true};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

// UAX #9 §2: embeddings, overrides, isolates and what ends them; line and paragraph separators. Marks (LRM, RLM, ALM) stay:
// names in Arabic and Hebrew use them, and <bdi> keeps their effect inside.
bool changes_direction(std::uint32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x2028
           || code == 0x2029;
}

template <class Keep>
std::string cleaned(std::string_view text, Keep keep)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const Character each = next_character(text);
        out += each.is_valid && keep(each.code) ? each.bytes : replacement;
        text.remove_prefix(each.bytes.size());
    }
    return out;
}

bool has_odd_character(std::string_view url)
{
    return std::ranges::any_of(url, [](char c) {
        return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\' || c == '"' || c == '<'
               || c == '>';
    });
}

}  // namespace

Values& Values::shown(std::string name, std::string_view text)
{
    if (!text.empty()) {
        values_.emplace_back(std::move(name), cleaned(text, [](std::uint32_t code) {
                                 return !is_control(code) && !changes_direction(code);
                             }));
    }
    return *this;
}

Values& Values::verbatim(std::string name, std::string_view text)
{
    values_.emplace_back(std::move(name), cleaned(text, [](std::uint32_t code) { return code != 0; }));
    return *this;
}

Values& Values::verbatim_if_any(std::string name, std::string_view text)
{
    return text.empty() ? *this : verbatim(std::move(name), text);
}

Values& Values::path(std::string name, std::string_view url)
{
    if (url.starts_with('/') && !url.starts_with("//") && !has_odd_character(url)) {
        values_.emplace_back(std::move(name), std::string{url});
    }
    return *this;
}

Values& Values::link(std::string name, std::string_view url)
{
    if (url.starts_with("https://") && url.size() > 8 && !has_odd_character(url)) {
        values_.emplace_back(std::move(name), cleaned(url, [](std::uint32_t) { return true; }));
    }
    return *this;
}

Values& Values::flag(std::string name)
{
    values_.emplace_back(std::move(name), Flag{});
    return *this;
}

Values& Values::list(std::string name, std::vector<Values> items)
{
    if (!items.empty()) {
        values_.emplace_back(std::move(name), std::move(items));
    }
    return *this;
}

std::string initial_of(std::string_view name)
{
    const std::string_view trimmed = ascii::trim(name);
    if (trimmed.empty()) {
        return "·";
    }
    const Character first = next_character(trimmed);
    if (!first.is_valid || is_control(first.code) || changes_direction(first.code)) {
        return "·";
    }
    std::string mark{first.bytes};
    if (mark.size() == 1 && mark[0] >= 'a' && mark[0] <= 'z') {
        mark[0] = static_cast<char>(mark[0] - 'a' + 'A');
    }
    return mark;
}

}  // namespace tessera::page
