#include "daemon/login/password_strength.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include <zxcvbn.h>

#include "base/ascii.hpp"
#include "daemon/login/password_hash.hpp"

namespace tessera::login {

namespace {

constexpr std::size_t word_chars_min = 3;
// zxcvbn's thresholds are guesses; its C implementation answers with their logarithm to the base of 2.
constexpr std::array<double, 4> score_guesses_log10 = {3, 6, 8, 10};

struct FreeMatches {
    void operator()(ZxcMatch_t* matches) const noexcept { ZxcvbnFreeInfo(matches); }
};
using MatchesPtr = std::unique_ptr<ZxcMatch_t, FreeMatches>;

bool is_word_character(char c)
{
    const char lower = ascii::to_lower(c);
    return ascii::is_digit(c) || (lower >= 'a' && lower <= 'z') || (c & 0x80) != 0;
}

// Whole words and their parts, in lower case: "ada.lovelace@example.com" gives itself, ada, lovelace, example and com.
std::vector<std::string> take_apart(std::span<const std::string> user_words)
{
    std::vector<std::string> words;
    for (const std::string& each : user_words.first(std::min(user_words.size(), user_words_max))) {
        if (each.size() > user_word_bytes_max || each.find('\0') != std::string::npos) {
            continue;
        }
        const std::string lower = ascii::to_lower(each);
        words.push_back(lower);
        for (auto begin = lower.begin(); begin != lower.end();) {
            begin = std::find_if(begin, lower.end(), is_word_character);
            const auto end = std::find_if_not(begin, lower.end(), is_word_character);
            words.emplace_back(begin, end);
            begin = end;
        }
    }
    std::erase_if(words, [](const std::string& word) { return word.size() < word_chars_min; });
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    return words;
}

// Bytes to judge: whole characters only.
std::size_t judged_bytes(std::string_view text)
{
    std::size_t bytes = std::min(text.size(), password_judged_bytes_max);
    while (bytes > 0 && bytes < text.size() && (text[bytes] & 0xC0) == 0x80) {
        --bytes;
    }
    return bytes;
}

PasswordFlaw flaw_of(ZxcTypeMatch_t type)
{
    switch (static_cast<int>(type) & ~static_cast<int>(MULTIPLE_MATCH)) {
    case USER_MATCH:
    case USER_LEET_MATCH: return PasswordFlaw::personal;
    case DICTIONARY_MATCH:
    case DICT_LEET_MATCH: return PasswordFlaw::common;
    case REPEATS_MATCH:
    case SEQUENCE_MATCH:
    case SPATIAL_MATCH:
    case DATE_MATCH:
    case YEAR_MATCH: return PasswordFlaw::pattern;
    default: return PasswordFlaw::guessable;
    }
}

// The kind of match that covers most of the password.
PasswordFlaw main_flaw(const ZxcMatch_t* matches)
{
    std::array<int, static_cast<std::size_t>(PasswordFlaw::guessable) + 1> covered{};
    for (; matches != nullptr; matches = matches->Next) {
        covered[static_cast<std::size_t>(flaw_of(matches->Type))] += matches->Length;
    }
    return static_cast<PasswordFlaw>(std::ranges::max_element(covered) - covered.begin());
}

PasswordJudgement judge_text(std::string_view text, std::span<const std::string> user_words)
{
    const std::vector<std::string> words = take_apart(user_words);
    std::vector<const char*> dictionary;
    std::ranges::transform(words, std::back_inserter(dictionary), &std::string::c_str);
    dictionary.push_back(nullptr);
    // zxcvbn wants a NUL at the end; the copy wipes itself.
    SecretBytes terminated{judged_bytes(text) + 1};
    const auto copy = terminated.reveal_writable(RevealTag{"judge a new password"});
    std::ranges::copy(as_bytes(text.substr(0, copy.size() - 1)), copy.begin());
    ZxcMatch_t* found = nullptr;
    const double bits = ZxcvbnMatch(reinterpret_cast<const char*>(copy.data()), dictionary.data(), &found);
    const MatchesPtr matches{found};
    const double guesses_log10 = bits * std::log10(2.0);
    const auto score = static_cast<int>(std::ranges::count_if(
        score_guesses_log10, [guesses_log10](double least) { return guesses_log10 >= least; }));
    if (score >= password_score_min) {
        return {score, std::nullopt};
    }
    return {score, main_flaw(matches.get())};
}

}  // namespace

std::string_view to_string(PasswordFlaw flaw)
{
    switch (flaw) {
    case PasswordFlaw::too_short: return "too_short";
    case PasswordFlaw::too_long: return "too_long";
    case PasswordFlaw::not_text: return "not_text";
    case PasswordFlaw::personal: return "personal";
    case PasswordFlaw::common: return "common";
    case PasswordFlaw::pattern: return "pattern";
    case PasswordFlaw::guessable: return "guessable";
    }
    return "";
}

PasswordJudgement judge_password(const SecretBytes& password, std::span<const std::string> user_words)
{
    if (const auto bounds = check_password_bounds(password); bounds.has_error() && !password.empty()) {
        return {0, bounds.error().fault == PasswordHashFault::too_long ? PasswordFlaw::too_long
                                                                       : PasswordFlaw::not_text};
    }
    const std::string_view text = as_text(password.reveal(RevealTag{"judge a new password"}));
    if (std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; })) {
        return {0, PasswordFlaw::not_text};
    }
    if (count_characters(text) < password_chars_min) {
        return {0, PasswordFlaw::too_short};
    }
    return judge_text(text, user_words);
}

}  // namespace tessera::login
