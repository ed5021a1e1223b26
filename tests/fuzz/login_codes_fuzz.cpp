// What a person types for an authenticator app's code or a recovery code, and what a QR code is made of: only the exact forms are
// codes, and the picture is well-formed whatever the names are.
#include <algorithm>

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "daemon/login/qr.hpp"
#include "daemon/login/recovery_codes.hpp"
#include "daemon/login/totp.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    using namespace tessera::login;
    const std::string_view typed = fuzz::as_input(data, size);
    const SecretBytes secret{as_bytes("12345678901234567890")};
    if (const auto step = match_totp(secret, typed, from_unix_s(59), 0)) {
        ASSERT(*step >= 1 && *step <= 2);
        ASSERT(std::ranges::count_if(typed, ascii::is_digit) == static_cast<std::ptrdiff_t>(totp_digits));
    }
    if (const auto digest = recovery_code_digest(typed)) {
        ASSERT(typed.size() <= recovery_code_typed_chars_max);
        ASSERT(recovery_code_digest(ascii::to_lower(typed)) == digest);
    }
    std::string_view account = typed;
    const std::string_view issuer = fuzz::cut_line(account);
    const auto svg = qr_svg(totp_uri(secret, issuer, account), issuer);
    // Cut, encoded names always fit; only the title can be refused.
    ASSERT(svg.has_value()
           == (!issuer.empty() && issuer.size() <= qr_title_bytes_max && is_utf8(issuer)
               && issuer.find('\0') == std::string_view::npos));
    if (svg) {
        const auto tags = std::ranges::count(*svg, '<');
        ASSERT(tags == 6 && tags == std::ranges::count(*svg, '>'));
    }
    return 0;
}
