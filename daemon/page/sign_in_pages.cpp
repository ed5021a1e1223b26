#include "daemon/page/sign_in_pages.hpp"

#include <utility>

#include "daemon/page/render.hpp"

namespace tessera::page {

http::Response render(const PageContext& context, const SignInPage& page)
{
    using Methods = SignInPage::Methods;
    Values values;
    values.shown("username", page.username).shown("client_name", page.client_name);
    values.verbatim_if_any("passkey_options", page.passkey.json);
    values.path("sign_up_url", page.sign_up_url).path("forgot_url", page.forgot_url);
    const bool with_password =
        page.methods == Methods::password || page.methods == Methods::password_and_email_code;
    if (page.methods != Methods::passkey_only) {
        values.flag("with_identifier");
    }
    if (with_password) {
        values.flag("with_password");
    }
    if (page.methods == Methods::email_code || page.methods == Methods::password_and_email_code) {
        values.flag("with_email_code");
    }
    return respond(context, PageTemplate::sign_in, std::move(values),
                   with_password && !page.username.empty() ? field::password : field::username);
}

http::Response render(const PageContext& context, const SignUpPage& page)
{
    Values values;
    values.shown("username", page.username).shown("client_name", page.client_name);
    values.path("sign_in_url", page.sign_in_url);
    return respond(context, PageTemplate::sign_up, std::move(values), field::username);
}

http::Response render(const PageContext& context, const EmailCodePage& page)
{
    Values values;
    values.shown("email", page.email);
    switch (page.purpose) {
    case EmailCodePage::Purpose::sign_in: values.flag("for_sign_in"); break;
    case EmailCodePage::Purpose::verify_address: values.flag("for_verify_address"); break;
    case EmailCodePage::Purpose::reset_password: values.flag("for_reset_password"); break;
    }
    if (page.is_mail_out) {
        values.flag("is_mail_out");
    }
    return respond(context, PageTemplate::email_code, std::move(values));
}

http::Response render(const PageContext& context, const PasswordPage& page)
{
    Values values;
    values.shown("username", page.username).path("forgot_url", page.forgot_url);
    return respond(context, PageTemplate::password, std::move(values), field::password);
}

http::Response render(const PageContext& context, const NewPasswordPage& page)
{
    Values values;
    values.shown("username", page.username);
    values.flag(page.reason == NewPasswordPage::Reason::first ? "is_first" : "is_reset");
    return respond(context, PageTemplate::new_password, std::move(values), field::new_password);
}

http::Response render(const PageContext& context, const ForgotPasswordPage& page)
{
    Values values;
    values.shown("username", page.username).path("sign_in_url", page.sign_in_url);
    return respond(context, PageTemplate::forgot_password, std::move(values), field::username);
}

http::Response render(const PageContext& context, const SelectAccountPage& page)
{
    Values values;
    values.shown("client_name", page.client_name);
    std::vector<Values> rows;
    for (const SelectAccountPage::Account& account : page.accounts) {
        const bool is_named = !account.name.empty();
        Values& row = rows.emplace_back();
        row.verbatim("id", account.id)
            .verbatim("initial", initial_of(is_named ? account.name : account.email));
        row.shown("account_name", is_named ? account.name : account.email);
        row.shown("organization", account.organization);
        if (is_named) {
            row.shown("email", account.email);
        }
    }
    values.list("accounts", std::move(rows));
    return respond(context, PageTemplate::select_account, std::move(values));
}

}  // namespace tessera::page
