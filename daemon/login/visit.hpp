// One visit of a browser to the sign-in it is in the middle of: what every step's file is given.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/login/flow.hpp"
#include "daemon/login/password_hash.hpp"
#include "daemon/page/page.hpp"
#include "daemon/transact.hpp"

namespace tessera::login {

// Our own trouble. What a person did wrong is a page, not an error.
struct LoginError {
    int status;                    // 500 or 503
    std::string_view description;  // public
    std::string detail;            // for the log
    Seconds retry_after{1};
};
LoginError from_store(const storage::StoreError& error);
LoginError from_keyd(const keyd::KeydError& error);
LoginError from_hashing(const PasswordHashError& error);

using Answer = Result<http::Response, LoginError>;

// How often in ten minutes. Exact, shared by every front; beyond it the answer is the same for everybody.
namespace rate {
inline constexpr Seconds window{600};
inline constexpr std::int32_t guesses_per_account_max = 5;
inline constexpr std::int32_t guesses_per_address_max = 100;
inline constexpr std::int32_t guesses_per_realm_max = 20'000;
inline constexpr std::int32_t mails_per_account_max = 5;
inline constexpr std::int32_t mails_per_address_max = 30;
inline constexpr std::int32_t flows_per_address_max = 600;
inline constexpr Seconds codes_window{86'400};
inline constexpr std::int32_t codes_per_account_max = 50;
}  // namespace rate

inline constexpr Seconds flow_lifetime{1800};

struct Visit {
    Front& front;
    const http::Request& request;
    RealmPtr realm;
    const http::Form& form;  // of a POST; empty otherwise
    storage::FlowView view;
    Methods methods;
    Step step;
    std::string
        variant;  // which page of the step is asked for: "forgot", "sign_up", "authenticator", "recovery"
    Instant now;
    std::string named{};  // the address this request says, for the trail

    storage::LoginFlow& flow() { return view.flow; }
    const storage::ProjectSettings& project() const { return realm->project.settings; }
    std::string path() const { return "/realms/" + realm->project.slug + "/login"; }
    // Of a page of this flow.
    std::string url(std::string_view variant_) const;
    page::PageContext context(page::Problem problem = page::Problem::none) const;
    std::string_view field(std::string_view name) const { return form.find(name).value_or(""); }
    // Which button was pressed.
    std::string_view action() const { return form.find(page::field::action).value_or(page::act::proceed); }
    std::string display_email() const;
};

// A step's two halves. `take` answers nothing when the flow moved on.
using Taken = Result<std::optional<http::Response>, LoginError>;
struct Handler {
    Step step;
    Async<Answer> (*show)(Visit& visit, page::Problem problem);
    Async<Taken> (*take)(Visit& visit);
};

// What counts an attempt before it is judged.
struct Attempt {
    std::string_view kind;  // "password", "totp", "passkey", "mail", "code"
    std::string account{};  // whose; empty: nobody is named yet
    std::int32_t account_max = rate::guesses_per_account_max;
    std::int32_t address_max = rate::guesses_per_address_max;
    Seconds account_window = rate::window;
};
// False when it is one too many. Committed whatever comes of the attempt. Counted from the narrowest to the widest, and no further
// than to the one that refuses: a network address that is over its limit shuts out no account, and an account no realm.
Async<Result<bool, LoginError>> charge(Visit& visit, Attempt attempt);
std::string account_bucket(std::string_view kind, std::string_view account);
// For the transaction of what was right: the account's guesses are forgotten, the network address and the realm get back this one,
// so that a building behind one address is not shut out by people who know their passwords.
Result<void, storage::StoreError> settle(storage::Transaction& transaction, const Visit& visit,
                                         const Attempt& attempt);

// Writes the flow's next state and whatever belongs to it in one transaction. False when another answer was faster: the caller
// lets the person see where the flow stands now.
template <class Work>
Async<Result<bool, LoginError>> advance(Visit& visit, Work work)
{
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, storage::StoreError> {
            TRY(const bool moved, storage::advance_login_flow(transaction, visit.flow(), visit.now));
            if (!moved) {
                return false;
            }
            TRY(work(transaction));
            return true;
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return done.value();
}
Async<Result<bool, LoginError>> advance(Visit& visit);

// An event of this flow's person, to be written in the transaction of what it tells of.
audit::Event event_of(const Visit& visit, audit::EventType type);
Result<void, storage::StoreError> record(storage::Transaction& transaction, const Visit& visit,
                                         const audit::Event& event);
// One event for each session of `user` that was ended by what the person of `visit` did, a Visit or an AccountVisit.
template <class AnyVisit>
Result<void, storage::StoreError> record_ended(storage::Transaction& transaction, const AnyVisit& visit,
                                               UserId user, const std::vector<SessionId>& ended,
                                               std::string_view reason)
{
    for (const SessionId session : ended) {
        audit::Event event = event_of(visit, audit::EventType::session_ended);
        event.target = {"session", session.to_string()};
        event.body.emplace("reason", reason);
        event.body.emplace("user", user.to_string());
        TRY(record(transaction, visit, event));
    }
    return ok();
}
// login.refused, within the refusals' budget; `event` says whose, and at which step.
Async<Result<void, LoginError>> record_refusal(Front& front, const http::Request& request, ProjectId project,
                                               audit::Event event, std::string reason);
// A proof that failed: recorded within the refusals' budget, then the step's page with the problem.
Async<Taken> refuse(Visit& visit, page::Problem problem, std::string reason);
// The step's page again, for what is no failed proof: a field left empty.
Async<Taken> again(Visit& visit, page::Problem problem);

// A row of the table, which is in the order of Step.
const Handler& handler_of(Step step);

// steps/*.cpp
Async<Answer> show_select_account(Visit& visit, page::Problem problem);
Async<Taken> take_select_account(Visit& visit);
Async<Answer> show_identify(Visit& visit, page::Problem problem);
Async<Taken> take_identify(Visit& visit);
Async<Answer> show_email_code(Visit& visit, page::Problem problem);
Async<Taken> take_email_code(Visit& visit);
Async<Answer> show_organization(Visit& visit, page::Problem problem);
Async<Taken> take_organization(Visit& visit);
Async<Answer> show_another_way(Visit& visit, page::Problem problem);
Async<Taken> take_another_way(Visit& visit);
Async<Answer> show_password(Visit& visit, page::Problem problem);
Async<Taken> take_password(Visit& visit);
Async<Answer> show_second_factor(Visit& visit, page::Problem problem);
Async<Taken> take_second_factor(Visit& visit);
Async<Answer> show_new_password(Visit& visit, page::Problem problem);
Async<Taken> take_new_password(Visit& visit);
Async<Answer> show_enrol_factor(Visit& visit, page::Problem problem);
Async<Taken> take_enrol_factor(Visit& visit);
Async<Answer> show_recovery_codes(Visit& visit, page::Problem problem);
Async<Taken> take_recovery_codes(Visit& visit);
Async<Answer> show_refused(Visit& visit, page::Problem problem);
Async<Taken> take_refused(Visit& visit);
// Makes or renews the session and sends the browser back to who asked for it.
Async<Answer> finish(Visit& visit, page::Problem problem);
Async<Taken> take_finish(Visit& visit);

// What several steps do.
Async<Taken> send_code(Visit& visit, std::string_view purpose);
Async<Taken> start_over(Visit& visit);
// The organization nobody has to choose: the project's only one, or the only one the address is in. True when chosen.
Async<Result<bool, LoginError>> choose_for_them(Visit& visit);

}  // namespace tessera::login
