#include "daemon/mail/render.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daemon/mail/embedded_mail.hpp"
#include "daemon/page/language.hpp"
#include "daemon/page/render.hpp"
#include "daemon/page/text.hpp"
#include "daemon/page/values.hpp"

namespace tessera::mail {

namespace {

constexpr std::string_view word_joiner =
    "\xE2\x81\xA0";  // U+2060: invisible, and ends what looks like an address

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// "evil.example" is text, not a link: a mail program finds no address where the dot belongs to no word.
std::string unlinked(std::string_view text)
{
    std::string out;
    std::size_t characters = 0;
    for (const char c : text) {
        if (!continues_character(c) && ++characters > shown_characters_max) {
            return out + "\xE2\x80\xA6";
        }
        out += c;
        if (c == '.' || c == ':' || c == '/' || c == '@') {
            out += word_joiner;
        }
    }
    return out;
}

// Made or checked by us: shown as it is.
bool is_ours(std::string_view name) { return name == "code" || name == "new_email" || name == "address"; }

page::Values values_of(const Letterhead& from, const Letter& letter, page::Language language)
{
    page::Values values;
    for (const auto& [name, value] : letter.values) {
        if (name == "link") {
            values.link(name, value);
        } else if (name == "factor") {
            values.flag(value == "passkey" ? "is_passkey" : "is_authenticator");
        } else if (name == "device") {
            values.shown(name, unlinked(device_of(value)));
        } else {
            values.shown(name, is_ours(name) ? value : unlinked(value));
        }
    }
    values.shown("project_name", from.project_name).shown("host", from.host);
    values.shown("recipient", letter.recipient);
    values.shown("time", page::date_text(language, letter.create_time));
    values.shown("valid_for", page::duration_text(language, std::chrono::duration_cast<Seconds>(
                                                                letter.valid_until - letter.create_time)));
    values.shown("valid_until", page::date_text(language, letter.valid_until));
    if (from.logo_png) {
        values.flag("has_logo").shown("logo_id", logo_content_id);
    }
    return values;
}

// A section that did not appear leaves its lines behind.
std::string without_gaps(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\n' && out.ends_with("\n\n")) {
            continue;
        }
        out += c;
    }
    return out;
}

struct Mark {
    std::string_view text;
    std::string_view name;
};

// The first that fits: browsers name each other for compatibility, the last to come is named first.
constexpr auto browsers = std::to_array<Mark>({{"Edg/", "Edge"},
                                               {"OPR/", "Opera"},
                                               {"Firefox/", "Firefox"},
                                               {"FxiOS/", "Firefox"},
                                               {"CriOS/", "Chrome"},
                                               {"Chrome/", "Chrome"},
                                               {"Safari/", "Safari"}});
constexpr auto systems = std::to_array<Mark>({{"iPhone", "iPhone"},
                                              {"iPad", "iPad"},
                                              {"Android", "Android"},
                                              {"Windows", "Windows"},
                                              {"Mac OS X", "macOS"},
                                              {"CrOS", "ChromeOS"},
                                              {"Linux", "Linux"}});

template <class Marks>
std::string_view first_of(const Marks& marks, std::string_view text)
{
    const auto found = std::ranges::find_if(
        marks, [text](const Mark& mark) { return text.find(mark.text) != std::string_view::npos; });
    return found == marks.end() ? std::string_view{} : found->name;
}

}  // namespace

std::string device_of(std::string_view user_agent)
{
    const std::string_view browser = first_of(browsers, user_agent);
    const std::string_view system = first_of(systems, user_agent);
    return browser.empty() || system.empty() ? std::string{user_agent}
                                             : fmt::format("{}, {}", browser, system);
}

std::optional<Rendered> render(const Letterhead& from, const Letter& letter)
{
    const page::Language language = page::language_of(letter.locale).value_or(page::Language::en);
    const auto mails = embedded_mails(static_cast<std::size_t>(language));
    const auto found = std::ranges::find(mails, letter.name, &EmbeddedMail::name);
    if (found == mails.end()) {
        return std::nullopt;
    }
    page::Values values = values_of(from, letter, language);
    Rendered rendered;
    rendered.subject = page::fill(found->subject, values, page::Escape::none);
    rendered.text = without_gaps(page::fill(found->text, values, page::Escape::none));
    values.shown("subject", rendered.subject);
    rendered.html = page::fill(found->html, values, page::Escape::html);
    return rendered;
}

}  // namespace tessera::mail
