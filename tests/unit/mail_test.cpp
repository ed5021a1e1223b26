// What mails say, and when they are tried again.
#include <boost/test/unit_test.hpp>

#include "daemon/commands/mail_room.hpp"
#include "daemon/mail/embedded_mail.hpp"
#include "daemon/mail/message.hpp"
#include "daemon/mail/render.hpp"
#include "daemon/mail/retry.hpp"
#include "daemon/page/language.hpp"
#include "daemon/settings/serve_settings.hpp"

namespace {

using namespace tessera;
using namespace tessera::mail;

constexpr auto kinds = {Kind::sign_in_code,     Kind::reset_code,   Kind::invitation,
                        Kind::new_device,       Kind::factor_added, Kind::factor_removed,
                        Kind::password_changed, Kind::email_changed};

const Instant now = from_unix_s(1'795'278'159);
const Letterhead acme{"Acme & Söhne", "id.example.com", {}};

Letter letter(std::string_view name, std::string_view locale = "en")
{
    return {name,
            locale,
            "ada@example.com",
            now,
            now + Seconds{600},
            {{"code", "042137"},
             {"link", "https://id.example.com/realms/acme/login?flow=x&link=y"},
             {"organization", "Umbrella"},
             {"address", "203.0.113.7"},
             {"device", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
             {"factor", "passkey"},
             {"name", "My key"},
             {"new_email", "ada@new.example"}}};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::optional<Milliseconds> wait(int attempts, Seconds validity, Seconds age = Seconds{0})
{
    return wait_after(attempts, now, now + validity, now + age);
}

// What is wrong with these settings; empty when nothing is.
std::string fault_of(const std::vector<std::string>& arguments)
{
    Settings settings{serve_settings()};
    BOOST_REQUIRE(settings.read_arguments(arguments).has_value());
    const auto options = delivery_of(settings);
    return options.has_value() ? "" : options.error().text;
}

BOOST_AUTO_TEST_SUITE(mails)

BOOST_AUTO_TEST_CASE(settings_that_do_not_fit_together_are_named)
{
    const std::string url = "--smtp-url=smtp://mail.example.com";
    const std::string from = "--smtp-from=no-reply@example.com";
    BOOST_TEST(fault_of({}) == "");
    BOOST_TEST(fault_of({url, from}) == "");
    BOOST_TEST(fault_of({url, from, "--smtp-user=u", "--smtp-password-file=/p"}) == "");
    BOOST_TEST(has(fault_of({url}), "smtp-from"));
    BOOST_TEST(has(fault_of({url, "--smtp-from=nobody"}), "smtp-from"));
    BOOST_TEST(has(fault_of({"--smtp-url=https://mail.example.com", from}), "smtp-url"));
    BOOST_TEST(has(fault_of({"--smtp-url=smtp://user:secret@mail.example.com", from}), "smtp-url"));
    BOOST_TEST(has(fault_of({url, from, "--smtp-user=u"}), "smtp-password-file"));
    BOOST_TEST(has(fault_of({url, from, "--smtp-password-file=/p"}), "smtp-user"));
}

BOOST_AUTO_TEST_CASE(every_kind_has_a_whole_mail_in_every_language)
{
    for (const page::Language language : page::languages) {
        for (const Kind kind : kinds) {
            const auto mail = render(acme, letter(template_of(kind), page::tag_of(language)));
            BOOST_REQUIRE(mail);
            BOOST_TEST_CONTEXT(template_of(kind) << " " << page::tag_of(language) << "\n" << mail->text)
            {
                BOOST_TEST(!mail->subject.empty());
                BOOST_TEST(!has(mail->subject, "042137"));
                for (const std::string* part : {&mail->subject, &mail->text, &mail->html}) {
                    BOOST_TEST(!has(*part, "{{"));
                    BOOST_TEST(!has(*part, "[["));
                }
                BOOST_TEST(has(mail->text, "Acme & Söhne\n"));
                BOOST_TEST(has(mail->text, "ada@example.com"));
                BOOST_TEST(!has(mail->text, "&amp;"));
                BOOST_TEST(!has(mail->text, "\n\n\n"));
                BOOST_TEST(has(mail->html, "Acme &amp; Söhne"));
                BOOST_TEST(has(mail->html, "lang=\"" + std::string{page::tag_of(language)} + "\""));
                BOOST_TEST(!has(mail->html, "<script"));
                BOOST_TEST(!has(mail->html, "src=\"http"));
            }
        }
        BOOST_TEST(embedded_mails(static_cast<std::size_t>(language)).size() == kinds.size());
    }
}

BOOST_AUTO_TEST_CASE(the_text_says_everything_the_html_says)
{
    const auto code = render(acme, letter("sign_in_code"));
    for (const std::string* part : {&code->text, &code->html}) {
        BOOST_TEST(has(*part, "042137"));
        BOOST_TEST(has(*part, "10 minutes"));
        BOOST_TEST(has(*part, "id.example.com"));
    }
    BOOST_TEST(has(code->text, "\nhttps://id.example.com/realms/acme/login?flow=x&link=y\n"));
    BOOST_TEST(has(code->html, "href=\"https://id.example.com/realms/acme/login?flow=x&amp;link=y\""));
    const auto device = render(acme, letter("new_device"));
    for (const std::string* part : {&device->text, &device->html}) {
        BOOST_TEST(has(*part, "Firefox, Linux"));
        BOOST_TEST(has(*part, "203.0.113.7"));
        BOOST_TEST(has(*part, "21 November 2026"));
    }
    BOOST_TEST(has(render(acme, letter("factor_added"))->text, "passkey was added"));
    BOOST_TEST(has(render(acme, letter("email_changed"))->text, "ada@new.example"));
}

BOOST_AUTO_TEST_CASE(a_name_others_chose_is_neither_a_link_nor_markup_nor_a_line_of_its_own)
{
    Letter forged = letter("invitation");
    forged.values = {{"organization", "<b>Win</b> at https://evil.example/x\r\nBcc: eve@evil.example"},
                     {"link", "https://id.example.com/i"}};
    const auto mail = render(acme, forged);
    for (const std::string* part : {&mail->subject, &mail->text, &mail->html}) {
        BOOST_TEST(!has(*part, "https://evil"));
        BOOST_TEST(!has(*part, "evil.example"));
        BOOST_TEST(!has(*part, "\nBcc"));
    }
    BOOST_TEST(!has(mail->html, "<b>"));
    forged.values[0].second = std::string(500, 'x');
    BOOST_TEST(!has(render(acme, forged)->text, std::string(shown_characters_max + 1, 'x')));
    forged.values[1].second = "javascript:alert(1)";
    BOOST_TEST(!has(render(acme, forged)->html, "javascript"));
}

BOOST_AUTO_TEST_CASE(a_mail_of_a_later_version_is_none_and_an_unknown_language_is_english)
{
    BOOST_TEST(!render(acme, letter("carrier_pigeon")));
    BOOST_TEST(render(acme, letter("sign_in_code", "tlh"))->text
               == render(acme, letter("sign_in_code"))->text);
    BOOST_TEST(render(acme, letter("sign_in_code", "de-CH"))->text
               == render(acme, letter("sign_in_code", "de"))->text);
}

BOOST_AUTO_TEST_CASE(a_logo_is_beside_the_mail_and_not_fetched)
{
    Letterhead with_logo = acme;
    with_logo.logo_png = Bytes{1};
    BOOST_TEST(has(render(with_logo, letter("sign_in_code"))->html, "src=\"cid:logo\""));
    BOOST_TEST(!has(render(acme, letter("sign_in_code"))->html, "cid:"));
}

BOOST_AUTO_TEST_CASE(a_browser_is_named_as_people_name_it)
{
    BOOST_TEST(device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                         "Chrome/140.0.0.0 "
                         "Safari/537.36 Edg/140.0.0.0")
               == "Edge, Windows");
    BOOST_TEST(
        device_of(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1")
        == "Safari, iPhone");
    BOOST_TEST(device_of("curl/8.0") == "curl/8.0");
}

BOOST_AUTO_TEST_CASE(attempts_come_ever_later_until_a_day_is_over)
{
    const Seconds week{7 * 86'400};
    const std::vector<int> expected = {1, 5, 30, 120, 600, 1'800, 1'800};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST((wait(static_cast<int>(i) + 1, week) == Milliseconds{expected[i] * 1'000}));
    }
    BOOST_TEST(!wait(9, week, Seconds{86'400}));
    BOOST_TEST(!wait(9, week, Seconds{86'400 - 1'800}));
    BOOST_TEST(!!wait(9, week, Seconds{86'400 - 1'801}));
}

BOOST_AUTO_TEST_CASE(a_code_is_tried_often_while_it_is_good_and_never_after)
{
    BOOST_TEST((wait(1, Seconds{600}) == Milliseconds{1'000}));
    BOOST_TEST((wait(6, Seconds{600}) == Milliseconds{60'000}));
    BOOST_TEST(!wait(6, Seconds{600}, Seconds{545}));
    BOOST_TEST(!wait(1, Seconds{600}, Seconds{600}));
    BOOST_TEST(!wait(1, Seconds{-5}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
