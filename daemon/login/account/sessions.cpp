// Where the person is signed in, and which apps act for them.
#include "storage/repositories/sessions.hpp"
#include "daemon/login/account/account.hpp"
#include "storage/repositories/grants.hpp"
#include "storage/repositories/revocations.hpp"

namespace tessera::login {

using storage::StoreError;

Async<Changed> end_one_session(AccountVisit& visit)
{
    const auto chosen = SessionId::parse(visit.field(page::field::choice));
    if (!chosen) {
        co_return Change{.problem = page::Problem::choice_required};
    }
    auto done =
        co_await transact(visit.front, visit.realm->project.id,
                          [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
                              TRY(auto&& ended, storage::revoke_session(transaction, *chosen, visit.user.id,
                                                                        visit.now, "user"));
                              TRY(record_ended(transaction, visit, visit.user.id, ended, "user"));
                              return true;
                          });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return Change{.notice = page::Notice::session_ended};
}

Async<Changed> end_other_sessions(AccountVisit& visit)
{
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
            TRY(auto&& ended, storage::revoke_sessions_of(transaction, visit.user.id, visit.person.session,
                                                          visit.now, "user"));
            TRY(record_ended(transaction, visit, visit.user.id, ended, "user"));
            return true;
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return Change{.notice = page::Notice::sessions_ended};
}

Async<Changed> remove_app(AccountVisit& visit)
{
    const auto client = ClientId::parse(visit.field(page::field::choice));
    if (!client) {
        co_return Change{.problem = page::Problem::choice_required};
    }
    auto done = co_await transact(
        visit.front, visit.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
            TRY(const bool withdrawn, storage::delete_grant(transaction, visit.user.id, *client));
            // Of a client whose users are never asked there is no grant, but there may be tokens.
            TRY(const std::size_t ended,
                storage::end_families_of_client(transaction, visit.user.id, *client, "consent_withdrawn"));
            if (withdrawn || ended > 0) {
                audit::Event event = event_of(visit, audit::EventType::oauth_consent_withdrawn);
                event.client_id = client->to_string();
                event.target = {"client", client->to_string()};
                TRY(record(transaction, visit, event));
            }
            return true;
        });
    if (!done) {
        co_return from_store(done.error());
    }
    co_return Change{.notice = page::Notice::app_removed};
}

}  // namespace tessera::login
