// Recovery codes: what a person keeps on paper for the day the authenticator app is gone. Each works once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"

namespace tessera::login {

inline constexpr std::size_t recovery_codes_count = 10;
inline constexpr std::size_t recovery_code_chars = 16;  // of 5 random bits each: 80 bits
inline constexpr std::size_t recovery_code_typed_chars_max = 64;

struct RecoveryCode {
    std::string text;  // "k7mq-2xwd-9hfa-tz4c": shown once, never stored
    Sha256 digest;     // what is stored: a fast hash is right for a random secret
};

std::vector<RecoveryCode> make_recovery_codes();

// The digest to look up for what a person typed: any case, with or without hyphens and spaces, o for 0, i and l for 1
// (the alphabet is Crockford's and has no I, L, O and U). nullopt when it is no recovery code.
std::optional<Sha256> recovery_code_digest(std::string_view typed);

}  // namespace tessera::login
