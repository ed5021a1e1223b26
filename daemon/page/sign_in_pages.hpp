// Pages on the way from nobody to a known person. Links are paths of ours; an empty one is not shown.
#pragma once

#include <string>
#include <vector>

#include "daemon/page/page.hpp"
#include "daemon/page/passkey.hpp"

namespace tessera::page {

// Sends username and, with do=continue, password (when with_password) — both on one page; do=email_code with username;
// do=passkey with credential, also from the browser's autofill. Where the project has no password, do=email_code is the main
// button.
struct SignInPage {
    std::string username;     // as typed before, or a login_hint
    std::string client_name;  // "to continue to …"; empty = not said
    enum class Methods {
        password,
        email_code,
        password_and_email_code,
        passkey_only
    } methods = Methods::password_and_email_code;
    PasskeyOptions passkey;  // request options without allowCredentials (discoverable)
    std::string sign_up_url;
    std::string forgot_url;
};
http::Response render(const PageContext& context, const SignInPage& page);

// Sends username; do=continue.
struct SignUpPage {
    std::string username;
    std::string client_name;
    std::string sign_in_url;
};
http::Response render(const PageContext& context, const SignUpPage& page);

// Sends code; do=continue, do=resend, do=another (another address, method or account).
struct EmailCodePage {
    std::string email;
    enum class Purpose { sign_in, verify_address, reset_password } purpose = Purpose::sign_in;
};
http::Response render(const PageContext& context, const EmailCodePage& page);

// "If there is an account for this address, there is a message on its way": says nothing about whether there is one.
// do=resend when the form has an action.
struct CheckMailPage {
    std::string email;
    std::string sign_in_url;
};
http::Response render(const PageContext& context, const CheckMailPage& page);

// Sends password; do=continue, do=another.
struct PasswordPage {
    std::string username;
    std::string forgot_url;
};
http::Response render(const PageContext& context, const PasswordPage& page);

// Sends new_password, new_password_again; do=continue.
struct NewPasswordPage {
    std::string username;
    enum class Reason { first, reset } reason = Reason::first;
};
http::Response render(const PageContext& context, const NewPasswordPage& page);

// Sends username; do=continue.
struct ForgotPasswordPage {
    std::string username;
    std::string sign_in_url;
};
http::Response render(const PageContext& context, const ForgotPasswordPage& page);

// Sends choice and do=choose, or do=another.
struct SelectAccountPage {
    struct Account {
        std::string id;
        std::string name;  // empty = the address alone
        std::string email;
        std::string organization;
    };
    std::vector<Account> accounts;
    std::string client_name;
};
http::Response render(const PageContext& context, const SelectAccountPage& page);

// A person known by this browser proves again that it is them: max_age, prompt=login, a step-up (RFC 9470), a sensitive change.
// Sends password with do=continue (when offered), do=passkey with credential, do=email_code, do=authenticator, do=another.
struct ReauthenticatePage {
    std::string username;
    std::string client_name;  // empty = for our own settings
    bool with_password = true;
    bool with_email_code = false;
    bool with_authenticator = false;
    PasskeyOptions passkey;
};
http::Response render(const PageContext& context, const ReauthenticatePage& page);

}  // namespace tessera::page
