#include "daemon/page/factor_pages.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "daemon/page/render.hpp"
#include "daemon/page/text.hpp"

namespace tessera::page {

namespace {

// In groups of four, as authenticator apps show it.
std::string grouped(std::string_view secret)
{
    std::string out;
    for (std::size_t at = 0; at < secret.size(); at += 4) {
        out += at == 0 ? "" : " ";
        out += secret.substr(at, 4);
    }
    return out;
}

// RFC 2397: only unreserved characters stand for themselves.
std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                              || c == '-' || c == '.' || c == '_';
        if (is_plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 0xFU];
        }
    }
    return out;
}

}  // namespace

http::Response render(const PageContext& context, const AuthenticatorPage& page)
{
    Values values;
    values.shown("username", page.username);
    if (page.has_another) {
        values.flag("has_another");
    }
    return respond(context, PageTemplate::authenticator, std::move(values));
}

http::Response render(const PageContext& context, const RecoveryCodePage& page)
{
    Values values;
    values.shown("username", page.username);
    return respond(context, PageTemplate::recovery_code, std::move(values), field::recovery_code);
}

http::Response render(const PageContext& context, const EnrolAuthenticatorPage& page)
{
    Values values;
    values.verbatim("qr_url", "data:image/svg+xml;base64," + base64_encode(as_bytes(page.qr_svg)));
    values.shown("secret", grouped(page.secret));
    if (page.has_another) {
        values.flag("has_another");
    }
    return respond(context, PageTemplate::enrol_authenticator, std::move(values));
}

http::Response render(const PageContext& context, const RecoveryCodesPage& page)
{
    std::string file =
        text_of(context.language, Text::recovery_codes_file, "project_name", context.project_name);
    constexpr std::string_view person = "{username}";
    if (const std::size_t at = file.find(person); at != std::string::npos) {
        file.replace(at, person.size(), page.username);
    }
    file += "\r\n";
    Values values;
    std::vector<Values> rows;
    for (const std::string& code : page.codes) {
        rows.emplace_back().shown("code", code);
        file += "\r\n" + code;
    }
    values.shown("username", page.username).list("codes", std::move(rows));
    values.verbatim("download_url", "data:text/plain;charset=utf-8," + percent_encoded(file + "\r\n"));
    values.verbatim("download_name", "recovery-codes.txt");
    return respond(context, PageTemplate::recovery_codes, std::move(values));
}

http::Response render(const PageContext& context, const PasskeyPage& page)
{
    Values values;
    values.verbatim_if_any("passkey_options", page.passkey.json);
    values.shown("username", page.username);
    if (page.has_another) {
        values.flag("has_another");
    }
    return respond(context, PageTemplate::passkey, std::move(values));
}

http::Response render(const PageContext& context, const EnrolPasskeyPage& page)
{
    Values values;
    values.verbatim_if_any("passkey_options", page.passkey.json);
    if (page.has_another) {
        values.flag("has_another");
    }
    return respond(context, PageTemplate::enrol_passkey, std::move(values));
}

http::Response render(const PageContext& context, const ChooseFactorPage& page)
{
    Values values;
    values.shown("username", page.username);
    values.flag(page.purpose == ChooseFactorPage::Purpose::verify ? "is_verify" : "is_enrol");
    if (std::ranges::find(page.factors, Factor::passkey) != page.factors.end()) {
        values.flag("passkey");
    }
    if (std::ranges::find(page.factors, Factor::authenticator) != page.factors.end()) {
        values.flag("authenticator");
    }
    if (page.may_use_recovery_code) {
        values.flag("recovery");
    }
    return respond(context, PageTemplate::choose_factor, std::move(values));
}

}  // namespace tessera::page
