// The hosted pages: what every page is given. One struct and one render() a page, by subject:
//
//   sign_in_pages.hpp       sign in, sign up, e-mail code, password, forgotten and new password, accounts
//   factor_pages.hpp        authenticator app, recovery codes, passkeys, choice of a second factor
//   organization_pages.hpp  choose, create, authenticate another way
//   consent_pages.hpp       consent
//   outcome_pages.hpp       error, logout, signed out, front-channel logout, form_post
//   account_pages.hpp       the signed-in person's security page
//
// A page is 200 unless it says otherwise, plain `<form method=post>`, and works without script except for passkeys. Values are
// escaped and never templates; a value that is shown loses NUL, controls and bidirectional overrides (to U+FFFD), a hidden one
// is kept as it is. The ids and English texts that docs/reference/hosted-pages.md lists are an interface: they do not change.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "daemon/http/response.hpp"
#include "daemon/page/language.hpp"

namespace tessera::page {

struct HiddenField {
    std::string name;
    std::string value;
};

// Where a page's form posts to, and what it carries unseen: the flow's handle. Every button of a page submits
// this form; which one was pressed is the field `do` (below). A page of several forms repeats the hidden fields in each.
struct Form {
    std::string action;  // a path of ours: "/realms/acme/login"
    std::vector<HiddenField> hidden;
};

// Why the page is shown again. Its text is in the catalogue, beside the field it is about.
enum class Problem {
    none,
    identifier_required,  // username
    identifier_invalid,   // username: not an e-mail address
    credentials_wrong,    // one answer for unknown person and wrong password
    password_required,    // password
    password_wrong,       // password
    password_too_short,   // new_password
    password_too_long,    // new_password
    password_guessable,   // new_password
    passwords_differ,     // new_password_again
    code_required,        // code
    code_wrong,           // code
    code_expired,         // code
    code_used,            // code
    recovery_code_wrong,  // recovery_code
    passkey_failed,       // the answer did not verify, or nobody answered
    passkey_unknown,      // no account has this passkey
    name_required,        // name
    name_too_long,        // name
    choice_required,      // nothing was chosen of a list
    organization_gone,    // not one of this person's any more
    last_factor,          // the organization requires a second factor: the last one stays
    too_many_attempts,    // PageContext::retry_after says when again
    too_many_messages,    // e-mails; PageContext::retry_after
    try_again,            // ours: nothing was changed
};

// What went well before this page.
enum class Notice {
    none,
    code_sent,
    password_changed,
    passkey_added,
    passkey_renamed,
    passkey_removed,
    authenticator_added,
    authenticator_removed,
    recovery_codes_made,
    session_ended,
    sessions_ended,
    app_removed,
};

struct PageContext {
    std::string project_name;
    std::string realm_path;  // "/realms/acme": assets and the project's style sheet are below it
    Language language = Language::en;
    Form form;
    Problem problem = Problem::none;
    Seconds retry_after{0};  // beside too_many_…; 0 = not said
    Notice notice = Notice::none;
    // Absolute URLs the answer to this page's form may redirect to (the client's redirect_uri): browsers apply CSP
    // form-action to redirects too. Their origin is listed; what is no http(s) URL is ignored.
    std::vector<std::string> redirect_targets;
};

// Names of fields that forms send.
namespace field {
inline constexpr std::string_view action = "do";
inline constexpr std::string_view username = "username";  // an e-mail address as typed
inline constexpr std::string_view password = "password";  // the present one
inline constexpr std::string_view new_password = "new_password";
inline constexpr std::string_view new_password_again = "new_password_again";
inline constexpr std::string_view code = "code";  // e-mail or authenticator app: digits, maybe with spaces
inline constexpr std::string_view recovery_code = "recovery_code";
inline constexpr std::string_view credential =
    "credential";  // JSON of a PublicKeyCredential (WebAuthn L3 §5.1), see passkey.hpp
inline constexpr std::string_view name = "name";      // of a passkey, person or organization
inline constexpr std::string_view choice = "choice";  // the id of a list's row
}  // namespace field

// Values of `do`: which button was pressed. A form sent without it means `proceed`.
namespace act {
inline constexpr std::string_view proceed = "continue";  // the page's main button
inline constexpr std::string_view email_code = "email_code";
inline constexpr std::string_view passkey = "passkey";  // with `credential`
inline constexpr std::string_view password = "password";
inline constexpr std::string_view authenticator = "authenticator";
inline constexpr std::string_view recovery = "recovery";
inline constexpr std::string_view resend = "resend";
inline constexpr std::string_view choose = "choose";  // with `choice`
inline constexpr std::string_view create = "create";
inline constexpr std::string_view another = "another";  // another account, another method
inline constexpr std::string_view allow = "allow";
inline constexpr std::string_view deny = "deny";
inline constexpr std::string_view logout = "logout";
inline constexpr std::string_view cancel = "cancel";
}  // namespace act

}  // namespace tessera::page
