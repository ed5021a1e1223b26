// The person's own password: the present one or a fresh sign-in proves who asks; afterwards every other session is over.
#include "daemon/login/account/account.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/page_problem.hpp"
#include "daemon/login/password_hashing.hpp"
#include "storage/repositories/passwords.hpp"
#include "storage/repositories/rate_counters.hpp"
#include "storage/repositories/sessions.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

// Somebody who sits at the person's browser and does not know the password.
Async<Result<void, LoginError>> refused(AccountVisit& visit, std::string reason)
{
    audit::Event event = event_of(visit, audit::EventType::login_refused);
    event.body.emplace("step", "account");
    event.body.emplace("email", visit.user.settings.email);
    co_return co_await record_refusal(visit.front, visit.request, visit.realm->project.id, std::move(event),
                                      std::move(reason));
}

// Nothing when the present password is right; committed and counted before it is judged.
Async<Result<std::optional<page::Problem>, LoginError>> check_present(AccountVisit& visit)
{
    // The session's own guesses: somebody else's at the sign-in page lock nobody out here.
    const std::string bucket = account_bucket("password", visit.person.session.to_string());
    auto hash = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<std::optional<std::string>, StoreError> {
            TRY(auto&& counted,
                storage::count_event(transaction, visit.realm->project.id, bucket, rate::window, visit.now));
            if (counted.count > rate::guesses_per_account_max) {
                return std::nullopt;
            }
            return storage::find_password_hash(transaction, visit.user.id);
        });
    if (!hash) {
        co_return from_store(hash.error());
    }
    if (!hash.value()) {
        CO_TRY(co_await refused(visit, "too_many_attempts"));
        co_return page::Problem::too_many_attempts;
    }
    auto judged = co_await visit.front.passwords.verify(
        SecretBytes{as_bytes(visit.field(page::field::password))}, std::move(hash.value()));
    if (!judged
        && (judged.error().fault == PasswordHashFault::busy
            || judged.error().fault == PasswordHashFault::no_memory)) {
        co_return from_hashing(judged.error());
    }
    if (judged && judged.value() != PasswordVerdict::wrong) {
        co_return std::nullopt;
    }
    CO_TRY(co_await refused(visit, "wrong_password"));
    co_return page::Problem::password_wrong;
}

}  // namespace

Async<Changed> change_password(AccountVisit& visit)
{
    if (!visit.methods.password) {
        co_return Change{.problem = page::Problem::try_again};
    }
    if (!visit.user.has_password && !visit.is_fresh()) {
        co_return co_await ask_again(visit);
    }
    const std::string_view typed = visit.field(page::field::new_password);
    if (typed != visit.field(page::field::new_password_again)) {
        co_return Change{.problem = page::Problem::passwords_differ};
    }
    if (visit.user.has_password) {
        CO_TRY(auto&& problem, co_await check_present(visit));
        if (problem) {
            co_return Change{.problem = *problem};
        }
    }
    auto judged = co_await visit.front.passwords.judge(
        SecretBytes{as_bytes(typed)},
        {visit.user.settings.email, visit.user.settings.profile.display_name.value_or(""),
         visit.organization.display_name, visit.realm->project.settings.display_name});
    if (!judged) {
        co_return from_hashing(judged.error());
    }
    if (judged.value().flaw) {
        co_return Change{.problem = problem_of(*judged.value().flaw)};
    }
    auto hashed = co_await visit.front.passwords.hash(SecretBytes{as_bytes(typed)});
    if (!hashed) {
        co_return from_hashing(hashed.error());
    }
    CO_TRY(auto&& mail, co_await write_mail(visit, mail::Kind::password_changed, {}));
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
            const ProjectId project = visit.realm->project.id;
            TRY(storage::put_password_hash(transaction, project, visit.user.id, hashed.value(), visit.now));
            TRY(storage::reset_count(transaction,
                                     account_bucket("password", visit.person.session.to_string())));
            TRY(storage::reset_count(transaction, account_bucket("password", visit.user.settings.email)));
            TRY(auto&& ended, storage::revoke_sessions_of(transaction, visit.user.id, visit.person.session,
                                                          visit.now, "password_change"));
            TRY(record_ended(transaction, visit, visit.user.id, ended, "password_change"));
            TRY(storage::end_login_flows_of(transaction, visit.user.id, std::nullopt, visit.now));
            TRY(storage::insert_mail(transaction, project, mail));
            audit::Event event = event_of(visit, audit::EventType::password_set);
            event.body.emplace("reason", "change");
            TRY(record(transaction, visit, event));
            return true;
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return Change{.notice = page::Notice::password_changed};
}

}  // namespace tessera::login
