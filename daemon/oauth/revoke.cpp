#include "daemon/oauth/revoke.hpp"

#include <optional>
#include <utility>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/on_pool.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/oauth/access_token.hpp"
#include "daemon/oauth/client_call.hpp"
#include "storage/repositories/revocations.hpp"

namespace tessera::oauth {

namespace {

constexpr std::string_view endpoint = "revocation";

// What the token named, if anything of ours; decided under the caller's client id.
struct Target {
    enum class Kind { nothing, refresh_token, access_token, of_another_client } kind = Kind::nothing;
    std::string ended;  // the id fronts hear of
};
using Revoked = Result<Target, storage::StoreError>;

// Owned by the coroutine; read by the pool thread.
struct Work {
    storage::Pool& pool;
    ProjectId project;
    ClientId caller;
    std::string text;
    AccessTokenPtr access;  // null when it is none of ours, or has expired
    audit::Event event;
    Instant now;
};

Result<void, storage::StoreError> record(storage::Transaction& transaction, const Work& work,
                                         std::string_view kind, std::string_view name, const std::string& id)
{
    audit::Event event = work.event;
    event.body.emplace("kind", kind);
    event.body.emplace(name, id);
    return storage::insert_audit_event(transaction, audit::to_row(event, work.now));
}

// RFC 7009 §2.1: the hint is only a hint, and there are two places to look at whatever it says.
Revoked revoke_in(storage::Transaction& transaction, const Work& work)
{
    if (work.access) {
        if (work.access->client != work.caller) {
            return Target{Target::Kind::of_another_client, {}};
        }
        TRY(storage::revoke_access_token(transaction, work.project, work.access->jti, work.access->expires));
        TRY(record(transaction, work, "access_token", "jti", work.access->jti));
        return Target{Target::Kind::access_token, work.access->jti};
    }
    TRY(auto&& owner, storage::find_refresh_token_owner(transaction, sha256(work.text)));
    if (!owner) {
        return Target{};
    }
    if (owner->client != work.caller) {
        return Target{Target::Kind::of_another_client, {}};
    }
    TRY(const bool ended_now, storage::end_family(transaction, owner->family, "revoked_by_client"));
    if (ended_now) {
        TRY(record(transaction, work, "refresh_token", "family", owner->family.to_string()));
    }
    return Target{Target::Kind::refresh_token, to_string(owner->family.uuid)};
}

Revoked revoke_now(const Work& work)
{
    TRY(auto&& transaction, storage::Transaction::begin(work.pool, storage::RealmScope{work.project}));
    TRY(auto&& target, revoke_in(transaction, work));
    TRY(transaction.commit());
    return std::move(target);
}

audit::Event event_of(const http::Request& request, const Realm& realm, const AuthenticatedClient& client,
                      audit::EventType type)
{
    audit::Event event{.type = type};
    audit::add_request(event, request);
    event.project = realm.project.id;
    event.client_id = client.record->client.id.to_string();
    event.principal = {audit::PrincipalKind::client, event.client_id};
    event.body.emplace("auth_method", client.method);
    return event;
}

// Somebody holds a token that is not theirs: of note.
Async<Result<http::Response, OAuthError>> refuse(Front& front, const http::Request& request, RealmPtr realm,
                                                 const ClientCall& call)
{
    audit::Event event = event_of(request, *realm, call.client, audit::EventType::oauth_request_refused);
    event.result = audit::EventResult::refused;
    event.error_code = to_string(ErrorCode::unauthorized_client);
    event.body.emplace("endpoint", endpoint);
    event.body.emplace("reason", "token of another client");
    auto appended = co_await front.audit.append({audit::to_row(event, call.now), std::nullopt});
    if (!appended) {
        front.metrics.count(Counter::audit_failures);
        co_return from_store(appended.error());
    }
    co_return render({ErrorCode::unauthorized_client, "The token was not issued to this client.", {}});
}

Async<Result<http::Response, OAuthError>> answer(Front& front, const http::Request& request, RealmPtr realm,
                                                 const ClientCall& call)
{
    std::string text{*call.form.find("token")};
    CO_TRY(auto&& found, co_await front.access_tokens.read(front.keys, realm, text));
    Work work{front.app_pool,
              realm->project.id,
              call.client.record->client.id,
              std::move(text),
              found.is_active() ? found.token : AccessTokenPtr{},
              event_of(request, *realm, call.client, audit::EventType::oauth_token_revoked),
              call.now};
    auto revoked = co_await on_pool(front.threads, [&work] { return revoke_now(work); });
    if (!revoked) {
        co_return from_store(revoked.error());
    }
    if (revoked.value().kind == Target::Kind::of_another_client) {
        co_return co_await refuse(front, request, realm, call);
    }
    if (revoked.value().kind != Target::Kind::nothing) {
        // This loop need not wait for the notice.
        front.access_tokens.invalidate({"revoked", realm->project.id, revoked.value().ended});
    }
    http::Response response;
    response.set("Cache-Control", "no-store");
    co_return response;
}

}  // namespace

Async<http::Response> revoke(Front& front, const http::Request& request, RealmPtr realm)
{
    auto call = co_await open_client_call(front, request, realm, endpoint);
    if (!call) {
        co_return std::move(call.error());
    }
    auto answered = co_await answer(front, request, realm, call.value());
    if (!answered) {
        co_return unanswered(request, *realm, endpoint, answered.error());
    }
    co_return std::move(answered.value());
}

}  // namespace tessera::oauth
