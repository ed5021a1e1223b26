#include <algorithm>

#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/login/acr.hpp"
#include "daemon/login/browser.hpp"
#include "daemon/login/login.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/sessions.hpp"

namespace tessera::login {

namespace {

using storage::StoreError;

// Activity is told to a minute: a write for each page would cost more than the figure is worth.
constexpr Seconds activity_granularity{60};

Authentication authentication_of(const storage::LiveSession& session)
{
    return {session.id,  session.user, session.organization,       session.auth_time,
            session.acr, session.amr,  session.lacks_second_factor};
}

}  // namespace

Async<Session> current_session(Front& front, const http::Request& request, RealmPtr realm)
{
    const auto digest = session_digest(request, *realm);
    if (!digest) {
        co_return std::nullopt;
    }
    const Instant now = front.clock.now();
    const Seconds idle{realm->project.settings.session_idle_s};
    CO_TRY(auto&& found,
           co_await transact(
               front, realm->project.id,
               [&](storage::Transaction& transaction)
                   -> Result<std::optional<storage::LiveSession>, StoreError> {
                   TRY(auto&& session, storage::find_live_session(transaction, *digest, now, idle));
                   if (session && session->last_active_time + activity_granularity < now) {
                       TRY(storage::touch_session(transaction, session->id, now, activity_granularity));
                   }
                   return std::move(session);
               }));
    co_return found ? std::optional{authentication_of(*found)} : std::nullopt;
}

bool satisfies(const Authentication& authentication, const Wanted& wanted)
{
    return !authentication.lacks_second_factor && (!wanted.user || *wanted.user == authentication.user)
           && (!wanted.since || *wanted.since <= authentication.auth_time)
           && (wanted.acr.empty() || is_reached(authentication.acr, wanted.acr));
}

Async<Result<void, StoreError>> end_session(Front& front, const http::Request& request, RealmPtr realm,
                                            SessionId session, http::Response& response)
{
    const Instant now = front.clock.now();
    const auto digest = session_digest(request, *realm);
    const Seconds idle{realm->project.settings.session_idle_s};
    CO_TRY(co_await transact(
        front, realm->project.id, [&](storage::Transaction& transaction) -> Result<bool, StoreError> {
            if (!digest) {
                return false;
            }
            TRY(auto&& current, storage::find_live_session(transaction, *digest, now, idle));
            if (!current || current->id != session) {
                return false;
            }
            TRY(auto&& ended, storage::revoke_session(transaction, session, current->user, now, "logout"));
            if (ended.empty()) {
                return false;
            }
            audit::Event event{.type = audit::EventType::session_ended};
            audit::add_request(event, request);
            event.project = realm->project.id;
            event.principal = {audit::PrincipalKind::user, current->user.to_string()};
            event.target = {"session", session.to_string()};
            event.body.emplace("reason", "logout");
            event.body.emplace("user", current->user.to_string());
            TRY(storage::insert_audit_event(transaction, audit::to_row(event, now)));
            return true;
        }));
    expire_session_cookie(*realm, response);
    co_return ok();
}

}  // namespace tessera::login
