#include "daemon/page/language.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"

namespace tessera::page {

namespace {

constexpr std::array<std::string_view, languages.size()> tags{"en", "de", "fr"};

constexpr std::size_t ui_locales_bytes_max = 512;

bool is_alphanumeric(char c)
{
    return (ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'z') || ascii::is_digit(c);
}

// RFC 4647 §2.1: subtags of one to eight letters or digits, the first of letters; or "*".
bool is_range(std::string_view tag)
{
    if (tag == "*") {
        return true;
    }
    std::size_t subtag = 0;
    bool is_first = true;
    for (const char c : tag) {
        if (c == '-') {
            if (subtag == 0) {
                return false;
            }
            subtag = 0;
            is_first = false;
        } else if (++subtag > 8 || !is_alphanumeric(c) || (is_first && ascii::is_digit(c))) {
            return false;
        }
    }
    return subtag > 0;
}

// RFC 9110 §12.4.2: 0 or 1 with at most three decimals.
std::optional<std::uint16_t> parse_weight(std::string_view text)
{
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) {
        return std::nullopt;
    }
    int weight = (text[0] - '0') * 1000;
    if (text.size() > 1 && text[1] != '.') {
        return std::nullopt;
    }
    int place = 100;
    for (const char c : text.size() > 2 ? text.substr(2) : std::string_view{}) {
        if (!ascii::is_digit(c)) {
            return std::nullopt;
        }
        weight += (c - '0') * place;
        place /= 10;
    }
    return weight <= 1000 ? std::optional{static_cast<std::uint16_t>(weight)} : std::nullopt;
}

std::optional<LanguageRange> parse_range(std::string_view text)
{
    const std::size_t semicolon = text.find(';');
    const std::string_view tag = ascii::trim(text.substr(0, semicolon));
    if (!is_range(tag)) {
        return std::nullopt;
    }
    if (semicolon == std::string_view::npos) {
        return LanguageRange{tag, 1000};
    }
    const std::string_view parameter = ascii::trim(text.substr(semicolon + 1));
    if (parameter.size() < 3 || ascii::to_lower(parameter[0]) != 'q' || parameter[1] != '=') {
        return std::nullopt;
    }
    const auto weight = parse_weight(parameter.substr(2));
    return weight ? std::optional{LanguageRange{tag, *weight}} : std::nullopt;
}

}  // namespace

std::string_view tag_of(Language language) { return tags[static_cast<std::size_t>(language)]; }

std::optional<Language> language_of(std::string_view tag)
{
    const std::string_view primary = tag.substr(0, tag.find('-'));
    for (const Language language : languages) {
        if (ascii::equal_ignoring_case(primary, tag_of(language))) {
            return language;
        }
    }
    return std::nullopt;
}

std::vector<LanguageRange> parse_accept_language(std::string_view value)
{
    std::vector<LanguageRange> ranges;
    std::string_view rest = value.substr(0, accept_language_bytes_max);
    while (!rest.empty() && ranges.size() < language_ranges_max) {
        const std::size_t comma = rest.find(',');
        if (const auto range = parse_range(rest.substr(0, comma)); range && range->q_permille > 0) {
            // Behind those wanted as much: the order given decides among equals.
            ranges.insert(std::ranges::upper_bound(ranges, range->q_permille, std::ranges::greater{},
                                                   &LanguageRange::q_permille),
                          *range);
        }
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return ranges;
}

Language choose_language(std::string_view ui_locales, std::string_view accept_language, Language fallback)
{
    std::string_view rest = ui_locales.substr(0, ui_locales_bytes_max);
    while (!rest.empty()) {
        const std::size_t space = rest.find(' ');
        if (const auto language = language_of(rest.substr(0, space))) {
            return *language;
        }
        rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
    for (const LanguageRange& range : parse_accept_language(accept_language)) {
        if (range.tag == "*") {
            return fallback;
        }
        if (const auto language = language_of(range.tag)) {
            return *language;
        }
    }
    return fallback;
}

}  // namespace tessera::page
