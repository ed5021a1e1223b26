// The signed-in person's own security page: password, passkeys, authenticator app, recovery codes, sessions, apps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/page/page.hpp"
#include "daemon/page/passkey.hpp"

namespace tessera::page {

// One form a change; each sends the context's hidden fields, `do` as given beside it, and `choice` where a row is meant.
struct AccountPage {
    std::string display_name;
    std::string email;
    std::string organization;

    // change_password: password (when has_password), new_password, new_password_again
    enum class Password { off, none, set } password = Password::set;

    struct Passkey {
        std::string id;
        std::string name;
        Instant created;
        std::optional<Instant> last_used;
    };
    // add_passkey: credential, name; rename_passkey: choice, name; remove_passkey: choice
    bool passkeys_on = true;
    std::vector<Passkey> passkeys;
    PasskeyOptions
        new_passkey;  // creation options; empty = adding needs a fresh sign-in first (do=reauthenticate)

    // add_authenticator, remove_authenticator, new_recovery_codes
    enum class Authenticator { off, none, set } authenticator = Authenticator::none;
    int recovery_codes_left = 0;

    struct Session {
        std::string id;
        std::string device;  // "Firefox on Linux", in the person's words as far as known
        std::string address;
        Instant started;
        Instant last_seen;
        bool is_this = false;
    };
    // end_session: choice; end_other_sessions
    std::vector<Session> sessions;

    struct App {
        std::string id;  // the client's
        std::string name;
        std::vector<std::string> permissions;  // scopes
        Instant granted;
        bool is_offline = false;
    };
    // remove_app: choice
    std::vector<App> apps;
};
http::Response render(const PageContext& context, const AccountPage& page);

namespace act {
inline constexpr std::string_view change_password = "change_password";
inline constexpr std::string_view add_passkey = "add_passkey";
inline constexpr std::string_view rename_passkey = "rename_passkey";
inline constexpr std::string_view remove_passkey = "remove_passkey";
inline constexpr std::string_view add_authenticator = "add_authenticator";
inline constexpr std::string_view remove_authenticator = "remove_authenticator";
inline constexpr std::string_view new_recovery_codes = "new_recovery_codes";
inline constexpr std::string_view end_session = "end_session";
inline constexpr std::string_view end_other_sessions = "end_other_sessions";
inline constexpr std::string_view remove_app = "remove_app";
inline constexpr std::string_view reauthenticate = "reauthenticate";
}  // namespace act

}  // namespace tessera::page
