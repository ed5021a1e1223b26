#include "daemon/oauth/authorize/refuse.hpp"

#include <utility>

#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/oauth/authorize/response.hpp"
#include "daemon/transact.hpp"

namespace tessera::oauth {

namespace {

storage::AuditRow event_of(const AuthorizeContext& context, const AuthorizeRefusal& refusal,
                           std::uint64_t suppressed)
{
    const bool is_denied = refusal.error.code == ErrorCode::access_denied && context.session;
    audit::Event event{.type = is_denied ? audit::EventType::oauth_consent_denied
                                         : audit::EventType::oauth_authorization_refused};
    event.result = audit::EventResult::refused;
    audit::add_request(event, context.http);
    event.project = context.realm->project.id;
    event.client_id = context.client != nullptr ? context.client->client.id.to_string() : std::string{};
    event.principal.kind = audit::PrincipalKind::user;
    if (context.session) {
        event.principal.id = context.session->user.to_string();
        event.session_id = context.session->session.to_string();
    }
    event.error_code = to_string(refusal.error.code);
    event.body.emplace("scope", context.request.scope);
    if (!is_denied) {
        event.body.emplace("redirect_uri", context.request.redirect_uri);
        event.body.emplace("reason", refusal.error.detail);
        if (suppressed > 0) {
            event.body.emplace("suppressed", suppressed);
        }
    }
    return audit::to_row(event, context.now);
}

// False when the request had been answered before: then this answer is nobody's.
Async<Result<bool, storage::StoreError>> finish(AuthorizeContext& context, const AuthorizeRefusal& refusal)
{
    co_return co_await transact(
        context.front, context.realm->project.id,
        [&](storage::Transaction& transaction) -> Result<bool, storage::StoreError> {
            TRY(const bool first,
                storage::finish_authorization_request(transaction, context.request.id, context.now));
            if (first) {
                TRY(storage::insert_audit_event(transaction, event_of(context, refusal, 0)));
            }
            return first;
        });
}

// Anybody can send requests that are refused: beyond a budget they are counted.
Async<Result<bool, storage::StoreError>> record(AuthorizeContext& context, const AuthorizeRefusal& refusal)
{
    Front& front = context.front;
    const auto suppressed =
        front.refusals.take(context.realm->project.id, context.http.peer.address, front.clock.tick());
    if (!suppressed) {
        front.metrics.count(Counter::refusals_unrecorded);
        co_return true;
    }
    CO_TRY(co_await front.audit.append({event_of(context, refusal, *suppressed), {}}));
    co_return true;
}

}  // namespace

Async<http::Response> refuse(AuthorizeContext& context, AuthorizeRefusal refusal)
{
    if (is_own_trouble(refusal.error.code)) {
        log::write(log::Level::warning, "authorization_failed", context.http.request_id,
                   {{"realm", context.realm->project.slug}, {"detail", refusal.error.detail}});
        co_return refusal_response(context, refusal);
    }
    const bool is_answer =
        context.stored == AuthorizeContext::Stored::yes && is_told_to_client(context, refusal);
    auto done = is_answer ? co_await finish(context, refusal) : co_await record(context, refusal);
    if (!done) {
        context.front.metrics.count(Counter::audit_failures);
        log::write(log::Level::warning, "refusal_not_recorded", context.http.request_id,
                   {{"realm", context.realm->project.slug}, {"detail", done.error().detail}});
        co_return error_page(context, from_store(done.error()));
    }
    if (!done.value()) {
        co_return error_page(context,
                             malformed("This sign-in was answered already.", "answered before").error);
    }
    co_return refusal_response(context, refusal);
}

}  // namespace tessera::oauth
