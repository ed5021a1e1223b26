// RFC 6238 codes and their once-only rule (SR-20), recovery codes and the QR code that carries the secret.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

#include "daemon/login/qr.hpp"
#include "daemon/login/recovery_codes.hpp"
#include "daemon/login/totp.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;

// RFC 6238 Appendix B: the seed of the SHA-1 vectors.
SecretBytes seed() { return SecretBytes{as_bytes("12345678901234567890")}; }

Instant at(std::int64_t unix_s) { return from_unix_s(unix_s); }

std::optional<std::int64_t> match(std::string_view typed, std::int64_t unix_s,
                                  std::optional<std::int64_t> last_step = std::nullopt)
{
    return match_totp(seed(), typed, at(unix_s), last_step);
}

BOOST_AUTO_TEST_SUITE(login_totp)

BOOST_AUTO_TEST_CASE(codes_are_those_of_rfc_6238_appendix_b)
{
    struct Vector {
        std::int64_t unix_s;
        std::string_view digits8;
    };
    for (const Vector& vector : {Vector{59, "94287082"},
                                 {1111111109, "07081804"},
                                 {1111111111, "14050471"},
                                 {1234567890, "89005924"},
                                 {2000000000, "69279037"},
                                 {20000000000, "65353130"}}) {
        // Six digits are the last six of eight: both are one number modulo a power of ten.
        const std::string_view digits6 = vector.digits8.substr(2);
        BOOST_TEST(totp_code(seed(), totp_step(at(vector.unix_s))) == digits6);
        BOOST_TEST((match(digits6, vector.unix_s) == vector.unix_s / 30));
    }
}

BOOST_AUTO_TEST_CASE(a_code_counts_in_its_own_step_and_in_the_two_beside_it)
{
    constexpr std::int64_t step = 41152263;  // of 1234567890 s
    const std::string code = totp_code(seed(), step);
    BOOST_TEST(!match(code, (step - 1) * 30 - 1));
    BOOST_TEST((match(code, (step - 1) * 30) == step));
    BOOST_TEST((match(code, step * 30) == step));
    BOOST_TEST((match(code, (step + 2) * 30 - 1) == step));
    BOOST_TEST(!match(code, (step + 2) * 30));
}

BOOST_AUTO_TEST_CASE(a_step_counts_once_and_never_goes_back)
{
    constexpr std::int64_t step = 41152263;
    const std::int64_t now = step * 30 + 5;
    BOOST_TEST((match(totp_code(seed(), step), now, step - 1) == step));
    BOOST_TEST(!match(totp_code(seed(), step), now, step));
    BOOST_TEST(!match(totp_code(seed(), step - 1), now, step));
    BOOST_TEST((match(totp_code(seed(), step + 1), now, step) == step + 1));
    BOOST_TEST(!match(totp_code(seed(), step + 1), now, step + 1));
}

BOOST_AUTO_TEST_CASE(only_six_digits_with_spaces_are_a_code)
{
    const std::string code = totp_code(seed(), 2);
    BOOST_TEST(match(code, 60).has_value());
    BOOST_TEST(match(" " + code.substr(0, 3) + " " + code.substr(3) + "\t", 60).has_value());
    for (const std::string& typed :
         {std::string{}, code.substr(0, 5), code + "0", "0" + code, "+" + code.substr(1), code + "x",
          code + std::string(40, ' '), code + '\n', std::string("\0", 1) + code, "-" + code,
          std::string{"٠١٢٣٤٥"}}) {
        BOOST_TEST(!match(typed, 60), typed);
    }
}

BOOST_AUTO_TEST_CASE(every_digit_counts)
{
    const std::string code = totp_code(seed(), 2);
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::string other = code;
        other[i] = other[i] == '9' ? '0' : static_cast<char>(other[i] + 1);
        BOOST_TEST((!match(other, 60) || other == totp_code(seed(), 1) || other == totp_code(seed(), 3)));
    }
}

BOOST_AUTO_TEST_CASE(the_beginning_of_time_has_no_step_below_zero)
{
    BOOST_TEST((match(totp_code(seed(), 0), 0) == 0));
    BOOST_TEST(!match(totp_code(seed(), -1), 0));
    BOOST_TEST(totp_step(at(-1000)) == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_secret_matches_nothing)
{
    const SecretBytes none;
    BOOST_TEST(!match_totp(none, totp_code(none, 2), at(60), std::nullopt));
}

BOOST_AUTO_TEST_CASE(secrets_are_160_random_bits_in_base32)
{
    const SecretBytes secret = make_totp_secret();
    BOOST_TEST(secret.size() == 20U);
    BOOST_TEST(totp_secret_text(secret).size() == 32U);
    BOOST_TEST(totp_secret_text(secret) != totp_secret_text(make_totp_secret()));
    // RFC 4648 §10, without padding.
    for (const auto& [bytes, text] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"", ""},
                                                                              {"f", "MY"},
                                                                              {"fo", "MZXQ"},
                                                                              {"foo", "MZXW6"},
                                                                              {"foob", "MZXW6YQ"},
                                                                              {"fooba", "MZXW6YTB"},
                                                                              {"foobar", "MZXW6YTBOI"}}) {
        BOOST_TEST(totp_secret_text(SecretBytes{as_bytes(bytes)}) == text);
    }
}

BOOST_AUTO_TEST_CASE(the_uri_encodes_what_names_hold)
{
    BOOST_TEST(totp_uri(seed(), "Ac:me & Söhne", "ada+1@example.com?secret=x")
               == "otpauth://totp/Ac%20me%20%26%20S%C3%B6hne:ada%2B1%40example.com%3Fsecret%3Dx"
                  "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ac%20me%20%26%20S%C3%B6hne"
                  "&algorithm=SHA1&digits=6&period=30");
    // Cut between characters: "x" and 63 two-byte letters are 127 bytes, and half of the next is no letter.
    std::string umlauts;
    for (int i = 0; i < 1000; ++i) {
        umlauts += "ä";
    }
    const std::string cut = totp_uri(seed(), "i", "x" + umlauts);
    BOOST_TEST(std::count(cut.begin(), cut.end(), '%') == 2 * 63);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(login_recovery_codes)

BOOST_AUTO_TEST_CASE(ten_codes_of_80_bits_in_groups_that_are_all_different)
{
    const auto codes = make_recovery_codes();
    BOOST_TEST(codes.size() == 10U);
    std::set<std::string> texts;
    for (const RecoveryCode& code : codes) {
        BOOST_TEST(code.text.size() == 19U);
        BOOST_TEST((code.text[4] == '-' && code.text[9] == '-' && code.text[14] == '-'));
        BOOST_TEST(code.text.find_first_of("ilouILOU") == std::string::npos);
        BOOST_TEST((recovery_code_digest(code.text) == code.digest));
        texts.insert(code.text);
    }
    BOOST_TEST(texts.size() == 10U);
}

BOOST_AUTO_TEST_CASE(a_code_may_be_typed_in_any_case_and_without_its_hyphens)
{
    const auto digest = recovery_code_digest("0123-4567-89ab-cdef");
    BOOST_TEST(digest.has_value());
    BOOST_TEST((digest == sha256("0123456789abcdef")));
    for (const std::string_view typed :
         {"0123456789abcdef", "0123 4567 89AB CDEF", " 0123-45678-9abcdef\t"}) {
        BOOST_TEST((recovery_code_digest(typed) == digest), typed);
    }
    BOOST_TEST((recovery_code_digest("oI23-4567-89ab-cdef") == digest));
    BOOST_TEST((recovery_code_digest("0L23-4567-89ab-cdef") == digest));
}

BOOST_AUTO_TEST_CASE(every_character_counts_and_nothing_else_is_a_code)
{
    const std::string code = "0123456789abcdef";
    const auto digest = recovery_code_digest(code);
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::string other = code;
        other[i] = other[i] == 'z' ? 'y' : 'z';
        BOOST_TEST((recovery_code_digest(other) != digest), i);
        BOOST_TEST(!recovery_code_digest(code.substr(0, i)), i);
    }
    for (const std::string& typed :
         {code + "0", std::string{"u123456789abcdef"}, code + "\n", std::string(65, '-') + code,
          std::string("\0", 1) + code, std::string{"０123456789abcdef"}, std::string{}}) {
        BOOST_TEST(!recovery_code_digest(typed), typed);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(login_qr)

BOOST_AUTO_TEST_CASE(a_code_is_a_picture_with_a_name_and_nothing_active)
{
    const auto svg = qr_svg("otpauth://totp/A:b?secret=GE", "Scan <this> & \"that\"");
    BOOST_REQUIRE(svg.has_value());
    BOOST_TEST(svg->starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
    BOOST_TEST(svg->find("role=\"img\"><title>Scan &lt;this&gt; &amp; &quot;that&quot;</title>")
               != std::string::npos);
    BOOST_TEST(svg->find("style") == std::string::npos);
    BOOST_TEST(svg->find("script") == std::string::npos);
    BOOST_TEST(svg->find("fill=\"#fff\"") != std::string::npos);
}

// The dark modules of the picture, without its quiet zone.
std::set<std::pair<int, int>> modules(const std::string& svg)
{
    std::set<std::pair<int, int>> dark;
    const auto begin = svg.rfind("d=\"M") + 3;
    for (auto at = begin; svg[at] == 'M';) {
        int x = 0;
        int y = 0;
        int run = 0;
        int back = 0;
        int read = 0;
        BOOST_REQUIRE(std::sscanf(svg.c_str() + at, "M%d %dh%dv1h-%dz%n", &x, &y, &run, &back, &read) == 4);
        BOOST_TEST(run == back);
        for (int i = 0; i < run; ++i) {
            dark.emplace(x + i - 4, y - 4);
        }
        at += static_cast<std::size_t>(read);
    }
    return dark;
}

BOOST_AUTO_TEST_CASE(the_finder_patterns_stand_in_three_corners)
{
    const auto svg = qr_svg("tessera", "code");
    const auto dark = modules(svg.value());
    int size = 0;
    BOOST_REQUIRE(std::sscanf(svg->c_str() + svg->find("viewBox"), "viewBox=\"0 0 %d", &size) == 1);
    size -= 8;
    for (const auto& [left, top] : {std::pair{0, 0}, {size - 7, 0}, {0, size - 7}}) {
        for (int i = 0; i < 7; ++i) {
            BOOST_TEST(dark.contains({left + i, top}));
            BOOST_TEST(dark.contains({left, top + i}));
            BOOST_TEST(dark.contains({left + i, top + 6}));
        }
        BOOST_TEST(!dark.contains({left + 1, top + 1}));
        BOOST_TEST(dark.contains({left + 3, top + 3}));
    }
    // ISO/IEC 18004 §7.9.1: the one module that is always dark tells right from mirrored.
    BOOST_TEST(dark.contains({8, size - 8}));
    for (const auto& [x, y] : dark) {
        BOOST_TEST((x >= 0 && y >= 0 && x < size && y < size));
    }
}

BOOST_AUTO_TEST_CASE(the_longest_uri_of_an_app_fits_and_more_is_refused)
{
    const std::string uri = totp_uri(SecretBytes{20}, std::string(1000, '&'), std::string(1000, '&'));
    BOOST_TEST(qr_svg(uri, "t").has_value());
    BOOST_TEST(qr_svg(std::string(qr_text_bytes_max, 'x'), "t").has_value());
    BOOST_TEST(!qr_svg(std::string(qr_text_bytes_max + 1, 'x'), "t"));
    BOOST_TEST(!qr_svg("x", std::string(qr_title_bytes_max + 1, 'x')));
    BOOST_TEST(!qr_svg("", "t"));
    BOOST_TEST(!qr_svg("x", ""));
    BOOST_TEST(!qr_svg("\xff", "t"));
    BOOST_TEST(!qr_svg(std::string_view{"a\0b", 3}, "t"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
