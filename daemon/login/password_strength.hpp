// Whether a new password may be set: 8 to 256 characters and zxcvbn's score of at least 3; no rule about which characters.
// Asked when a password is set, never when one is used.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace tessera::login {

inline constexpr std::size_t password_chars_min = 8;
inline constexpr std::size_t password_chars_advised = 15;  // the page's text says so
inline constexpr int password_score_min = 3;
// zxcvbn's work grows faster than the length: what stands behind these bytes is not judged. A password that is good up to
// here is good.
inline constexpr std::size_t password_judged_bytes_max = 72;
inline constexpr std::size_t user_words_max = 16;
inline constexpr std::size_t user_word_bytes_max = 128;

// Why a password is refused; the page has one sentence for each.
enum class PasswordFlaw {
    too_short,
    too_long,
    not_text,   // not UTF-8, or a NUL or another control character in it
    personal,   // mostly the person's e-mail address or name, or the project's
    common,     // mostly a common password, word or name, also with letters replaced
    pattern,    // mostly repeats, sequences, a keyboard path or a date
    guessable,  // short enough to be found by trying
};

std::string_view to_string(PasswordFlaw flaw);

struct PasswordJudgement {
    int score;  // 0 to 4, as zxcvbn has it: 10^3, 10^6, 10^8, 10^10 guesses; 0 when not judged
    std::optional<PasswordFlaw> flaw;  // none: it may be set
};

// `user_words`: e-mail address, its local part and host, names, the project's names; each is taken apart at what is no letter
// or digit. Words beyond the limits above are left out. Takes milliseconds.
PasswordJudgement judge_password(const SecretBytes& password, std::span<const std::string> user_words);

}  // namespace tessera::login
