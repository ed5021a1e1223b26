// Characters of protocols: ASCII whatever the locale is. What is not ASCII has no case and is no digit here.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace tessera::ascii {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string to_lower(std::string_view text)
{
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](char c) { return to_lower(c); });
    return lower;
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

// Of a hexadecimal digit, either case; -1 for any other character.
constexpr int hex_value(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Without spaces and tabs (RFC 9110 §5.6.3 OWS) at either end.
constexpr std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A label of a host name in lower case (RFC 1123 §2.1): 1 to 63 of a-z, 0-9 and "-", which stands at neither end. A realm's
// slug is one.
constexpr bool is_label(std::string_view text)
{
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-'
           && std::ranges::all_of(text,
                                  [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

}  // namespace tessera::ascii
