#include <boost/test/unit_test.hpp>

#include <sstream>

#include "base/encoding.hpp"
#include "daemon/outbound/smtp.hpp"

namespace {

using namespace tessera;
using namespace tessera::outbound;

// What a mail program shows for it.
std::string decoded(const std::string& header)
{
    std::string out;
    std::istringstream words{header};
    for (std::string word; words >> word;) {
        BOOST_REQUIRE(word.starts_with("=?UTF-8?B?") && word.ends_with("?="));
        BOOST_TEST(word.size() <= 75U);
        const auto bytes = base64_decode(word.substr(10, word.size() - 12));
        BOOST_REQUIRE(bytes);
        BOOST_TEST(is_utf8(as_text(*bytes)));  // a character is never cut in two
        out += as_text(*bytes);
    }
    return out;
}

std::optional<SmtpServer> server_of(const std::string& url, const SmtpAuthority& authority = {})
{
    return parse_smtp_url(url, authority);
}

BOOST_AUTO_TEST_SUITE(outbound_mail_headers)

BOOST_AUTO_TEST_CASE(an_address_that_could_end_a_line_or_a_command_is_none)
{
    for (const char* good : {"ada@example.com", "a.b+c@x.y", "\xC3\xA4@example.com", "o'neil@example.com"}) {
        BOOST_TEST(is_mailbox(good), good);
    }
    for (const std::string bad :
         {"", "@", "ada", "ada@", "@example.com", "a@b@c", "ada@example.com\r\nBcc: eve@example.com",
          "ada@example.com\n", "ada @example.com", "<ada@example.com>", "ada@example.com>", "a,b@example.com",
          "-oQ/tmp@example.com", "\xC3@example.com", "ada@exam\tple.com"}) {
        BOOST_TEST(!is_mailbox(bad), bad);
    }
    BOOST_TEST(!is_mailbox(std::string{"ada@example.com\0x", 17}));
    BOOST_TEST(!is_mailbox(std::string(251, 'a') + "@b.c"));
}

BOOST_AUTO_TEST_CASE(a_sender_is_an_address_perhaps_with_a_name)
{
    const auto named = parse_mailbox("Acme, Inc. <no-reply@example.com>");
    BOOST_REQUIRE(named);
    BOOST_TEST(named->name == "Acme, Inc.");
    BOOST_TEST(named->address == "no-reply@example.com");
    const auto plain = parse_mailbox(" no-reply@example.com ");
    BOOST_REQUIRE(plain);
    BOOST_TEST(plain->name == "");
    for (const char* bad : {"Acme", "Acme <no-reply>", "Acme <a@b> x", "Acme <a@b", "A\nB <a@b.c>"}) {
        BOOST_TEST(!parse_mailbox(bad), bad);
    }
}

BOOST_AUTO_TEST_CASE(text_that_is_not_plain_is_encoded_and_comes_back_whole)
{
    BOOST_TEST(encode_words("Your code") == "Your code");
    const std::string greek = "\xCE\x9A\xCF\x89\xCE\xB4\xCE\xB9\xCE\xBA\xCF\x8C\xCF\x82";
    for (const std::string& text :
         {greek, greek + " " + greek + " " + greek + " " + greek, std::string(200, 'a'),
          std::string{"=?UTF-8?B?forged?="},
          std::string{"\xF0\x9F\x98\x80\xF0\x9F\x98\x80"} + greek + greek + greek}) {
        BOOST_TEST(decoded(encode_words(text)) == text);
    }
}

BOOST_AUTO_TEST_CASE(a_name_cannot_pretend_to_be_an_address)
{
    BOOST_TEST(format_mailbox({"", "a@b.c"}) == "a@b.c");
    BOOST_TEST(format_mailbox({"Acme 24", "a@b.c"}) == "Acme 24 <a@b.c>");
    BOOST_TEST(format_mailbox({"Acme, \"Inc\"", "a@b.c"}) == "\"Acme, \\\"Inc\\\"\" <a@b.c>");
    BOOST_TEST(format_mailbox({"eve@evil.com", "a@b.c"}) == "\"eve@evil.com\" <a@b.c>");
    BOOST_TEST(!is_header_text("a\r\nBcc: eve@example.com"));
    BOOST_TEST(!is_header_text(std::string{"a\0b", 3}));
    BOOST_TEST(!is_header_text("\xFF"));
    BOOST_TEST(is_header_text("Łódź 😀"));
}

BOOST_AUTO_TEST_CASE(a_date_is_written_as_rfc_5322_wants_it)
{
    BOOST_TEST(format_date(from_unix_s(1'795'278'159)) == "Sat, 21 Nov 2026 16:22:39 +0000");
    BOOST_TEST(format_date(from_unix_s(951'782'400)) == "Tue, 29 Feb 2000 00:00:00 +0000");
}

BOOST_AUTO_TEST_CASE(tls_is_left_out_towards_this_machine_only)
{
    BOOST_TEST((server_of("smtp://mail.example.com")->tls == SmtpTls::starttls));
    BOOST_TEST(server_of("smtp://mail.example.com")->port == 587);
    BOOST_TEST((server_of("smtps://mail.example.com")->tls == SmtpTls::implicit));
    BOOST_TEST(server_of("smtps://mail.example.com")->port == 465);
    for (const char* url :
         {"smtp://127.0.0.1:25", "smtp://localhost:2525", "smtp://[::1]:25", "smtp://127.9.9.9"}) {
        BOOST_TEST((server_of(url)->tls == SmtpTls::none), url);
        // A password or a CA file says that the other end is more than a neighbour.
        BOOST_TEST((server_of(url, {"user", ""})->tls == SmtpTls::starttls), url);
        BOOST_TEST((server_of(url, {"", "/ca.pem"})->tls == SmtpTls::starttls), url);
    }
    for (const char* url :
         {"smtp://10.0.0.1", "smtp://localhost.example.com", "smtp://127.0.0.1.example.com"}) {
        BOOST_TEST((server_of(url)->tls == SmtpTls::starttls), url);
    }
    for (const char* bad :
         {"", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://u:p@mail.example.com",
          "smtp://mail.example.com/path", "smtp://mail.example.com?x"}) {
        BOOST_TEST(!server_of(bad), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
