// The signed-in person's own page, in parts: what every part's file is given.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/login/login.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/mail/message.hpp"
#include "daemon/page/account_pages.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::login {

// What is sensitive asks for a sign-in within this.
inline constexpr Seconds fresh_for{600};

struct AccountVisit {
    Front& front;
    const http::Request& request;
    RealmPtr realm;
    const http::Form& form;  // of a POST; empty otherwise
    Authentication person;
    storage::User user;
    storage::FlowOrganization organization;
    Methods methods;
    page::Language language;
    Instant now;

    std::string path() const { return "/realms/" + realm->project.slug + "/account"; }
    std::string_view field(std::string_view name) const { return form.find(name).value_or(""); }
    bool is_fresh() const { return person.auth_time + fresh_for > now; }
    page::PageContext context(page::Problem problem, page::Notice notice) const;
};

// What came of a change: the page again with what is wrong or went well, or an answer of its own.
struct Change {
    page::Problem problem = page::Problem::none;
    page::Notice notice = page::Notice::none;
    std::optional<http::Response> response{};
};
using Changed = Result<Change, LoginError>;

struct AccountAction {
    std::string_view name;  // of the field `do`
    Async<Changed> (*change)(AccountVisit& visit);
};

// Sends the browser through a sign-in and back to the page.
Async<Changed> ask_again(AccountVisit& visit, Wanted::Page page = Wanted::Page::sign_in);

audit::Event event_of(const AccountVisit& visit, audit::EventType type);
Result<void, storage::StoreError> record(storage::Transaction& transaction, const AccountVisit& visit,
                                         const audit::Event& event);
Async<Result<storage::NewMail, LoginError>>
write_mail(AccountVisit& visit, mail::Kind kind, std::vector<std::pair<std::string, std::string>> values);

page::PasskeyOptions new_passkey_options(const AccountVisit& visit, std::span<const Bytes> registered);

// account/*.cpp
Async<Changed> change_password(AccountVisit& visit);
Async<Changed> add_passkey(AccountVisit& visit);
Async<Changed> rename_passkey(AccountVisit& visit);
Async<Changed> remove_passkey(AccountVisit& visit);
Async<Changed> add_authenticator(AccountVisit& visit);
Async<Changed> remove_authenticator(AccountVisit& visit);
Async<Changed> make_recovery_codes_anew(AccountVisit& visit);
Async<Changed> end_one_session(AccountVisit& visit);
Async<Changed> end_other_sessions(AccountVisit& visit);
Async<Changed> remove_app(AccountVisit& visit);
Async<Changed> reauthenticate(AccountVisit& visit);

}  // namespace tessera::login
