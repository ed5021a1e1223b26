// Passwords an operator sets for a person.
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/user_message.hpp"
#include "daemon/api/console/user_work.hpp"
#include "daemon/login/password_hashing.hpp"
#include "storage/repositories/login_flows.hpp"
#include "storage/repositories/mail_outbox.hpp"
#include "storage/repositories/passwords.hpp"
#include "storage/repositories/revocations.hpp"
#include "storage/repositories/sessions.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

ApiError from_hashing(const login::PasswordHashError& error)
{
    if (error.fault == login::PasswordHashFault::busy) {
        return {Code::resource_exhausted, "too many passwords are being hashed; try again"};
    }
    if (error.fault == login::PasswordHashFault::too_long
        || error.fault == login::PasswordHashFault::not_text) {
        return invalid("password", "must be a text of at most 256 characters");
    }
    return {Code::internal, "internal error", {}, error.detail};
}

std::vector<std::string> words_of(const storage::Project& project, const storage::User& user)
{
    std::vector<std::string> words{user.settings.email, project.slug, project.settings.display_name};
    for (const auto* name : {&user.settings.profile.display_name, &user.settings.profile.given_name,
                             &user.settings.profile.family_name, &user.settings.profile.nickname}) {
        if (*name) {
            words.push_back(**name);
        }
    }
    return words;
}

}  // namespace

Async<Result<v1::User, ApiError>> set_user_password(Call& call, v1::SetUserPasswordRequest request)
{
    using Written = Result<storage::User, ApiError>;
    CO_TRY(auto&& project, co_await load_project(call, request.project()));
    call.target = {"user", request.user()};
    CO_TRY(auto&& before, co_await in_realm(call, project.id, [&](storage::Transaction& transaction) {
               return load_user(transaction, request.user());
           }));
    const auto judged = co_await call.front.passwords.judge(SecretBytes{as_bytes(request.password())},
                                                            words_of(project, before));
    if (!judged) {
        co_return from_hashing(judged.error());
    }
    if (judged.value().flaw) {
        co_return invalid("password", "is refused: " + std::string{login::to_string(*judged.value().flaw)});
    }
    const auto hash = co_await call.front.passwords.hash(SecretBytes{as_bytes(request.password())});
    if (!hash) {
        co_return from_hashing(hash.error());
    }
    std::optional<storage::NewMail> notice;  // whoever had a password learns that it is another
    if (before.has_password) {
        CO_TRY(notice, co_await write_mail(
                           call, project,
                           {.kind = mail::Kind::password_changed, .recipient = before.settings.email}));
    }
    const Instant now = call.front.clock.now();
    CO_TRY(auto&& written,
           co_await in_realm(call, project.id, [&](storage::Transaction& transaction) -> Written {
               TRY(storage::put_password_hash(transaction, project.id, before.id, hash.value(), now));
               if (notice) {
                   TRY(storage::insert_mail(transaction, project.id, *notice));
               }
               // Whoever knew the old one is out.
               TRY(auto&& ended,
                   storage::revoke_sessions_of(transaction, before.id, std::nullopt, now, "password_set"));
               for (const SessionId session : ended) {
                   audit::Event event =
                       user_event(call, audit::EventType::session_ended, before.id,
                                  {{"reason", "password_set"}, {"user", before.id.to_string()}});
                   event.target = {"session", session.to_string()};
                   TRY(record(transaction, call, event));
               }
               TRY(storage::end_families_of(transaction, before.id, "password_set"));
               TRY(storage::end_login_flows_of(transaction, before.id, std::nullopt, now));
               TRY(record(
                   transaction, call,
                   user_event(call, audit::EventType::password_set, before.id, {{"reason", "operator"}})));
               return load_user(transaction, request.user());
           }));
    co_return to_message(written);
}

}  // namespace tessera::api::console
