#include "daemon/login/totp.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <openssl/hmac.h>

#include "base/ascii.hpp"
#include "base/assert.hpp"

namespace tessera::login {

namespace {

constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::uint32_t code_modulus = 1'000'000;
constexpr std::size_t sha1_bytes = 20;

// RFC 3986 §2.3: everything but the unreserved is encoded.
std::string percent_encode(std::string_view text)
{
    std::string encoded;
    for (const char c : text) {
        const char lower = ascii::to_lower(c);
        if (ascii::is_digit(c) || (lower >= 'a' && lower <= 'z')
            || std::string_view{"-._~"}.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

// An authenticator app splits the label at the first colon, encoded or not.
std::string label(std::string_view text, std::size_t bytes_max)
{
    std::size_t bytes = std::min(text.size(), bytes_max);
    while (bytes > 0 && bytes < text.size() && (text[bytes] & 0xC0) == 0x80) {
        --bytes;
    }
    std::string plain{text.substr(0, bytes)};
    std::ranges::replace(plain, ':', ' ');
    return percent_encode(plain);
}

// RFC 4226 §5.3.
std::uint32_t one_time_number(const SecretBytes& secret, std::int64_t step)
{
    std::array<std::uint8_t, 8> counter{};
    for (std::size_t i = 0; i < counter.size(); ++i) {
        counter[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(step) >> (8 * (7 - i)));
    }
    const ByteView key = secret.reveal(RevealTag{"compute a one-time code"});
    std::array<std::uint8_t, sha1_bytes> mac{};
    unsigned int size = 0;
    ASSERT(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), counter.data(), counter.size(),
                mac.data(), &size)
           != nullptr);
    const std::size_t offset = mac[sha1_bytes - 1] & 0xFU;
    return (mac[offset] & 0x7FU) << 24 | static_cast<std::uint32_t>(mac[offset + 1]) << 16
           | static_cast<std::uint32_t>(mac[offset + 2]) << 8 | mac[offset + 3];
}

}  // namespace

SecretBytes make_totp_secret() { return SecretBytes::random(totp_secret_bytes); }

std::string totp_secret_text(const SecretBytes& secret)
{
    std::string text;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : secret.reveal(RevealTag{"show the secret of an authenticator app"})) {
        held = (held << 8 | byte) & 0xFFFU;
        for (bits += 8; bits >= 5; bits -= 5) {
            text += base32[held >> (bits - 5) & 31U];
        }
    }
    if (bits > 0) {
        text += base32[held << (5 - bits) & 31U];
    }
    return text;
}

std::string totp_uri(const SecretBytes& secret, std::string_view issuer, std::string_view account)
{
    return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits={3}&period={4}",
                       label(issuer, totp_issuer_bytes_max), label(account, totp_account_bytes_max),
                       totp_secret_text(secret), totp_digits, totp_step_length.count());
}

std::int64_t totp_step(Instant now)
{
    return std::max<std::int64_t>(0, to_unix_s(now)) / totp_step_length.count();
}

std::string totp_code(const SecretBytes& secret, std::int64_t step)
{
    return fmt::format("{:06}", one_time_number(secret, step) % code_modulus);
}

std::optional<std::int64_t> match_totp(const SecretBytes& secret, std::string_view typed, Instant now,
                                       std::optional<std::int64_t> last_step)
{
    if (typed.size() > totp_typed_chars_max || secret.empty()) {
        return std::nullopt;
    }
    std::string code{typed};
    std::erase_if(code, [](char c) { return c == ' ' || c == '\t'; });
    if (code.size() != totp_digits) {
        return std::nullopt;
    }
    const std::int64_t current = totp_step(now);
    std::optional<std::int64_t> matched;
    // All steps are computed whatever matches, so that the time says nothing about the device's clock.
    for (std::int64_t step = current + totp_steps_of_skew; step >= current - totp_steps_of_skew; --step) {
        const bool equal = equal_constant_time(as_bytes(totp_code(secret, step)), as_bytes(code));
        if (equal && step >= 0 && (!last_step || step > *last_step)) {
            matched = step;
        }
    }
    return matched;
}

}  // namespace tessera::login
