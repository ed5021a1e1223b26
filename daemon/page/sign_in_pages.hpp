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
    bool is_mail_out = false;  // the mail server does not answer: the code comes later
};
http::Response render(const PageContext& context, const EmailCodePage& page);

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

}  // namespace tessera::page
