// Which language a page is written in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tessera::page {

// One catalogue a language: web/text/<tag>.json.
enum class Language { en, de, fr };
inline constexpr std::array<Language, 3> languages{Language::en, Language::de, Language::fr};

// "en": the file's name, the page's `lang`.
std::string_view tag_of(Language language);

// The language of a tag (RFC 4647 §3.4 look-up): "de-CH" is German. Without case; empty when we do not speak it.
std::optional<Language> language_of(std::string_view tag);

// RFC 9110 §12.5.4, most wanted first and in the order given among equals; refused ones (q=0) and what does not parse are left
// out. Reads at most accept_language_bytes_max and yields at most language_ranges_max.
struct LanguageRange {
    std::string_view tag;      // of the text given; "*" is any
    std::uint16_t q_permille;  // 1 to 1000
};
inline constexpr std::size_t accept_language_bytes_max = 1024;
inline constexpr std::size_t language_ranges_max = 16;
std::vector<LanguageRange> parse_accept_language(std::string_view value);

// OpenID Connect Core §3.1.2.1 `ui_locales` (tags in order, separated by spaces) decides where it names a language of ours,
// then Accept-Language, then the project's.
Language choose_language(std::string_view ui_locales, std::string_view accept_language, Language fallback);

}  // namespace tessera::page
