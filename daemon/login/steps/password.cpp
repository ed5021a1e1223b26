// The password of a person already known by another factor, and a new one.
#include "daemon/login/messages.hpp"
#include "daemon/login/page_problem.hpp"
#include "daemon/login/password_hashing.hpp"
#include "daemon/login/visit.hpp"
#include "daemon/page/sign_in_pages.hpp"
#include "storage/repositories/passwords.hpp"
#include "storage/repositories/rate_counters.hpp"
#include "storage/repositories/revocations.hpp"
#include "storage/repositories/sessions.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

std::vector<std::string> words_of(const Visit& visit)
{
    return {visit.view.user->email, visit.view.user->display_name, visit.view.organization->display_name,
            visit.project().display_name};
}

}  // namespace

Async<Answer> show_password(Visit& visit, page::Problem problem)
{
    co_return page::render(visit.context(problem), page::PasswordPage{visit.view.user->email, {}});
}

Async<Taken> take_password(Visit& visit)
{
    if (visit.action() == page::act::another) {
        co_return co_await start_over(visit);
    }
    const std::string_view typed = visit.field(page::field::password);
    if (typed.empty()) {
        co_return co_await again(visit, page::Problem::password_required);
    }
    // Somebody else's guesses at the first page lock nobody out here, where another factor has been proved.
    const Attempt attempt{"password", visit.view.user->email + "|known"};
    CO_TRY(const bool allowed, co_await charge(visit, attempt));
    if (!allowed) {
        co_return co_await refuse(visit, page::Problem::too_many_attempts, "too_many_attempts");
    }
    auto hash = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<std::optional<std::string>, StoreError> {
            return storage::find_password_hash(transaction, visit.view.user->id);
        });
    if (!hash) {
        co_return from_store(hash.error());
    }
    auto judged =
        co_await visit.front.passwords.verify(SecretBytes{as_bytes(typed)}, std::move(hash.value()));
    if (!judged
        && (judged.error().fault == PasswordHashFault::busy
            || judged.error().fault == PasswordHashFault::no_memory)) {
        co_return from_hashing(judged.error());
    }
    if (!judged || judged.value() == PasswordVerdict::wrong) {
        co_return co_await refuse(visit, page::Problem::password_wrong, "wrong_password");
    }
    visit.flow().password_verified_time = visit.now;
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        return settle(transaction, visit, attempt);
    }));
    co_return std::nullopt;
}

Async<Answer> show_new_password(Visit& visit, page::Problem problem)
{
    using enum page::NewPasswordPage::Reason;
    co_return page::render(
        visit.context(problem),
        page::NewPasswordPage{visit.view.user->email, visit.flow().reset_verified_time ? reset : first});
}

Async<Taken> take_new_password(Visit& visit)
{
    const std::string_view typed = visit.field(page::field::new_password);
    if (typed.empty()) {
        co_return co_await again(visit, page::Problem::password_too_short);
    }
    if (typed != visit.field(page::field::new_password_again)) {
        co_return co_await again(visit, page::Problem::passwords_differ);
    }
    auto judged = co_await visit.front.passwords.judge(SecretBytes{as_bytes(typed)}, words_of(visit));
    if (!judged) {
        co_return from_hashing(judged.error());
    }
    if (judged.value().flaw) {
        co_return co_await again(visit, problem_of(*judged.value().flaw));
    }
    auto hashed = co_await visit.front.passwords.hash(SecretBytes{as_bytes(typed)});
    if (!hashed) {
        co_return from_hashing(hashed.error());
    }
    const bool is_reset = visit.flow().reset_verified_time.has_value();
    CO_TRY(auto&& mail, co_await write_mail(visit, Kind::password_changed, visit.view.user->email, {}));
    visit.flow().password_verified_time = visit.now;
    CO_TRY(co_await advance(visit, [&](storage::Transaction& transaction) -> Result<void, StoreError> {
        const UserId user = visit.view.user->id;
        TRY(storage::put_password_hash(transaction, visit.realm->project.id, user, hashed.value(),
                                       visit.now));
        TRY(storage::reset_count(transaction, account_bucket("password", visit.view.user->email)));
        if (is_reset) {
            // Whoever knew the old one is out, wherever they are.
            TRY(auto&& ended,
                storage::revoke_sessions_of(transaction, user, std::nullopt, visit.now, "password_reset"));
            TRY(record_ended(transaction, visit, user, ended, "password_reset"));
            TRY(storage::end_families_of(transaction, user, "password_reset"));
            TRY(storage::end_login_flows_of(transaction, user, visit.view.flow.id, visit.now));
            TRY(send(transaction, visit, mail));
        }
        audit::Event event = event_of(visit, audit::EventType::password_set);
        event.target = {"user", user.to_string()};
        event.body.emplace("reason", is_reset ? "reset" : "first");
        return record(transaction, visit, event);
    }));
    co_return std::nullopt;
}

}  // namespace tessera::login
