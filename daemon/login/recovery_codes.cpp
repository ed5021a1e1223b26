#include "daemon/login/recovery_codes.hpp"

#include <array>

#include "base/ascii.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"

namespace tessera::login {

namespace {

// Crockford's base 32: no i, l, o and u.
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t group_chars = 4;

std::string random_code()
{
    // One byte a character, of which five bits are used: 32 divides 256, so no character is likelier than another.
    std::array<std::uint8_t, recovery_code_chars> random{};
    fill_random(random);
    std::string code;
    for (const std::uint8_t byte : random) {
        code += alphabet[byte % alphabet.size()];
    }
    wipe(random);
    return code;
}

std::string in_groups(std::string_view code)
{
    std::string text;
    for (std::size_t at = 0; at < code.size(); at += group_chars) {
        text += at == 0 ? "" : "-";
        text += code.substr(at, group_chars);
    }
    return text;
}

char canonical(char typed)
{
    const char c = ascii::to_lower(typed);
    return c == 'o' ? '0' : (c == 'i' || c == 'l') ? '1' : c;
}

}  // namespace

std::vector<RecoveryCode> make_recovery_codes()
{
    std::vector<RecoveryCode> codes;
    for (std::size_t i = 0; i < recovery_codes_count; ++i) {
        const std::string code = random_code();
        codes.push_back({in_groups(code), sha256(code)});
    }
    return codes;
}

std::optional<Sha256> recovery_code_digest(std::string_view typed)
{
    if (typed.size() > recovery_code_typed_chars_max) {
        return std::nullopt;
    }
    std::string code;
    for (const char each : typed) {
        if (each == ' ' || each == '\t' || each == '-') {
            continue;
        }
        const char c = canonical(each);
        if (alphabet.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
        code += c;
    }
    if (code.size() != recovery_code_chars) {
        return std::nullopt;
    }
    return sha256(code);
}

}  // namespace tessera::login
