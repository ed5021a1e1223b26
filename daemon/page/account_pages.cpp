#include "daemon/page/account_pages.hpp"

#include <algorithm>
#include <utility>

#include "daemon/page/render.hpp"
#include "daemon/page/text.hpp"

namespace tessera::page {

namespace {

std::vector<Values> passkey_rows(Language language, const std::vector<AccountPage::Passkey>& passkeys)
{
    std::vector<Values> rows;
    for (const AccountPage::Passkey& each : passkeys) {
        Values& row = rows.emplace_back();
        row.verbatim("id", each.id)
            .shown("passkey_name", each.name)
            .verbatim("row", std::to_string(rows.size()));
        row.shown("created", date_text(language, each.created));
        if (each.last_used) {
            row.shown("used", date_text(language, *each.last_used));
        }
    }
    return rows;
}

std::vector<Values> session_rows(Language language, const std::vector<AccountPage::Session>& sessions)
{
    std::vector<Values> rows;
    for (const AccountPage::Session& each : sessions) {
        Values& row = rows.emplace_back();
        row.verbatim("id", each.id).shown("device", each.device).shown("address", each.address);
        row.shown("seen", date_text(language, each.last_seen));
        if (each.is_this) {
            row.flag("is_this");
        }
    }
    return rows;
}

std::vector<Values> app_rows(Language language, const std::vector<AccountPage::App>& apps)
{
    std::vector<Values> rows;
    for (const AccountPage::App& each : apps) {
        Values& row = rows.emplace_back();
        row.verbatim("id", each.id).shown("app", each.name);
        row.shown("granted", date_text(language, each.granted));
        std::string permissions;
        for (const std::string& scope : each.permissions) {
            permissions += (permissions.empty() ? "" : " ") + scope;
        }
        row.shown("permissions", permissions);
        if (each.is_offline) {
            row.flag("offline");
        }
    }
    return rows;
}

void add_password(Values& values, const PageContext& context, AccountPage::Password password)
{
    if (password == AccountPage::Password::off) {
        return;
    }
    values.flag("with_password");
    if (password == AccountPage::Password::set) {
        values.flag("has_password");
    }
    const std::string_view about =
        context.problem == Problem::none ? std::string_view{} : field_of(context.problem);
    if (about == field::password || about == field::new_password || about == field::new_password_again) {
        values.flag("open_password");
    }
}

}  // namespace

http::Response render(const PageContext& context, const AccountPage& page)
{
    const Language language = context.language;
    Values values;
    values.shown("display_name", page.display_name.empty() ? page.email : page.display_name);
    values.shown("email", page.email).shown("organization", page.organization);
    values.path("sign_out_url", context.realm_path + "/logout");
    add_password(values, context, page.password);
    if (page.passkeys_on) {
        values.flag("with_passkeys").list("passkeys", passkey_rows(language, page.passkeys));
        values.verbatim_if_any("passkey_options", page.new_passkey.json);
        if (page.new_passkey.json.empty()) {
            values.flag("may_reauthenticate");
        }
    }
    if (page.authenticator != AccountPage::Authenticator::off) {
        values.flag("with_authenticator");
    }
    if (page.authenticator == AccountPage::Authenticator::set) {
        values.flag("has_authenticator").verbatim("codes_left", std::to_string(page.recovery_codes_left));
    }
    values.list("sessions", session_rows(language, page.sessions))
        .list("apps", app_rows(language, page.apps));
    if (std::ranges::any_of(page.sessions, [](const auto& each) { return !each.is_this; })) {
        values.flag("has_other_sessions");
    }
    return respond(context, PageTemplate::account, std::move(values));
}

}  // namespace tessera::page
