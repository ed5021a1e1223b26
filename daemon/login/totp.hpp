// Time-based one-time codes (RFC 6238): SHA-1, 6 digits, 30 seconds, which is what authenticator apps can do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/secret.hpp"

namespace tessera::login {

inline constexpr std::size_t totp_secret_bytes = 20;  // RFC 4226 §4 R6: 160 bits
inline constexpr std::size_t totp_digits = 6;
inline constexpr Seconds totp_step_length{30};
inline constexpr std::int64_t totp_steps_of_skew = 1;    // RFC 6238 §5.2: one step either way
inline constexpr std::size_t totp_typed_chars_max = 32;  // what a person may have typed
// Of the names in the URI; the rest is cut, so that it fits a QR code whatever they are.
inline constexpr std::size_t totp_issuer_bytes_max = 64;
inline constexpr std::size_t totp_account_bytes_max = 128;

SecretBytes make_totp_secret();

// Base32 (RFC 4648 §6) without padding, for a person who cannot scan.
std::string totp_secret_text(const SecretBytes& secret);

// otpauth://totp/Issuer:account?secret=…&issuer=Issuer&algorithm=SHA1&digits=6&period=30, percent-encoded; what the QR code
// holds. It contains the secret.
std::string totp_uri(const SecretBytes& secret, std::string_view issuer, std::string_view account);

// The step an instant lies in; before 1970 there is none below 0.
std::int64_t totp_step(Instant now);
// The code of a step: 6 digits.
std::string totp_code(const SecretBytes& secret, std::int64_t step);

// The step whose code this is: within one step of `now` and strictly after `last_step`, so that no code works twice
// (SR-20). The caller stores the step in the statement that accepts it (UPDATE … SET last_step = $1 WHERE last_step < $1).
// `typed` may have spaces; anything else but 6 digits matches nothing. Every step is compared in constant time.
std::optional<std::int64_t> match_totp(const SecretBytes& secret, std::string_view typed, Instant now,
                                       std::optional<std::int64_t> last_step);

}  // namespace tessera::login
