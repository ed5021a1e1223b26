#include "daemon/claim_syntax.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/ascii.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <class Predicate>
bool all(std::string_view text, Predicate predicate)
{
    return std::ranges::all_of(text, predicate);
}

// The number of decimal digits; −1 when there is anything else.
int number_of(std::string_view digits)
{
    int value = 0;
    for (const char c : digits) {
        if (!ascii::is_digit(c)) {
            return -1;
        }
        value = value * 10 + (c - '0');
    }
    return value;
}

// The parts of `text` between `separator`s, each to `good`, in order; false as soon as one is not good.
template <class Good>
bool parts(std::string_view text, char separator, Good good)
{
    for (std::size_t index = 0;; ++index) {
        const std::size_t end = text.find(separator);
        if (!good(index, text.substr(0, end))) {
            return false;
        }
        if (end == std::string_view::npos) {
            return true;
        }
        text.remove_prefix(end + 1);
    }
}

}  // namespace

bool is_locale(std::string_view text)
{
    return text.size() <= 35 && parts(text, '-', [](std::size_t index, std::string_view subtag) {
               if (index == 0) {
                   return subtag.size() >= 2 && subtag.size() <= 8 && all(subtag, is_letter);
               }
               return !subtag.empty() && subtag.size() <= 8
                      && all(subtag, [](char c) { return is_letter(c) || ascii::is_digit(c); });
           });
}

bool is_zoneinfo(std::string_view text)
{
    constexpr std::array<std::string_view, 11> areas{"Africa", "America",  "Antarctica", "Arctic",
                                                     "Asia",   "Atlantic", "Australia",  "Europe",
                                                     "Indian", "Pacific",  "Etc"};
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return text == "UTC" || text == "GMT";
    }
    return text.size() <= 64 && std::ranges::find(areas, text.substr(0, slash)) != areas.end()
           && parts(text.substr(slash + 1), '/', [](std::size_t index, std::string_view part) {
                  return index < 2 && !part.empty()
                         && all(
                             part,
                             [](char c) {
                                 return is_letter(c) || ascii::is_digit(c) || c == '_' || c == '-'
                                        || c == '+';
                             });
              });
}

bool is_phone_number(std::string_view text)
{
    return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0'
           && all(text.substr(1), ascii::is_digit);
}

bool is_birthdate(std::string_view text)
{
    const int year = number_of(text.substr(0, 4));
    if (text.size() == 4) {
        return year >= 0;
    }
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || year < 0) {
        return false;
    }
    const int month = number_of(text.substr(5, 2));
    const int day = number_of(text.substr(8, 2));
    // 0000 is a leap year of the proleptic calendar, so 0000-02-29 is somebody's birthday.
    return month >= 0 && day >= 0
           && (std::chrono::year{year} / static_cast<unsigned>(month) / static_cast<unsigned>(day)).ok();
}

bool is_https_url(std::string_view text)
{
    const auto normalized = normalize_resource_uri(text);
    return normalized && normalized->starts_with("https://");
}

}  // namespace tessera
