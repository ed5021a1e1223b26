#include "daemon/oauth/token/refresh_token.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/log.hpp"
#include "base/on_pool.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/oauth/token/issue.hpp"
#include "daemon/oauth/token/person.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/oauth/token/successor.hpp"
#include "daemon/oauth/token/target.hpp"
#include "daemon/oidc/subject.hpp"
#include "storage/repositories/refresh_tokens.hpp"
#include "storage/transaction.hpp"

namespace tessera::oauth {

namespace {

using storage::RefreshFault;
using storage::StoreError;
using storage::StoreFault;
using Families = std::vector<std::optional<storage::TokenFamily>>;

constexpr std::size_t batch_max = 64;
// A batch that waits for a row that somebody else holds does not hold up the whole realm.
constexpr std::size_t batches_max = 2;  // of a realm at once

Result<Families, StoreError> rotate_all(storage::Pool& pool, ProjectId project,
                                        const std::vector<storage::Rotation>& rotations)
{
    TRY(auto&& transaction, storage::Transaction::begin(pool, storage::RealmScope{project}));
    TRY(auto&& families, storage::rotate_refresh_tokens(transaction, rotations));
    TRY(transaction.commit());
    return std::move(families);
}

// A fault of one entry, not of the store: the others can still be carried out, each alone.
bool is_fault_of_an_entry(StoreFault fault)
{
    return fault != StoreFault::unavailable && fault != StoreFault::timeout;
}

constexpr std::size_t refresh_token_bytes_max = 128;

OAuthError invalid_grant(std::string detail)
{
    return {ErrorCode::invalid_grant,
            "The refresh token is invalid, expired, revoked, or was issued to another client.",
            std::move(detail)};
}

OAuthError error_of(RefreshFault fault)
{
    switch (fault) {
    case RefreshFault::unknown: return invalid_grant("unknown refresh token");
    case RefreshFault::expired: return invalid_grant("refresh token expired");
    case RefreshFault::reused: return invalid_grant("refresh token used before");
    case RefreshFault::foreign_client: return invalid_grant("refresh token issued to another client");
    case RefreshFault::scope: return invalid_scope("scope was not authorized");
    case RefreshFault::resource: return invalid_target("resource was not authorized");
    case RefreshFault::ended: return invalid_grant("family, session, user or organization ended");
    }
    return invalid_grant("unknown refresh token");
}

// RFC 6749 §6: what was authorized, or less.
Result<std::vector<std::string>, OAuthError> asked_scopes(const TokenRequest& request)
{
    const auto asked = request.form.find("scope");
    if (!asked) {
        return std::vector<std::string>{};
    }
    const auto tokens = parse_scope(*asked);
    if (!tokens) {
        return invalid_scope("scope is malformed");
    }
    return std::vector<std::string>{tokens->begin(), tokens->end()};
}

// A client that proves nothing with its refresh token never keeps one (OAuth 2.1 §4.3.1).
bool rotates(const TokenRequest& request)
{
    return request.profile.rotation == Rotation::always || request.client.method == "none";
}

// Nothing when a once-only assertion turned out to be spent: then nothing was consumed.
Result<std::optional<storage::Refreshed>, storage::StoreError>
consume(const TokenRequest& request, const storage::Refresh& refresh, const storage::AuditRow& event)
{
    TRY(auto&& transaction,
        storage::Transaction::begin(request.front.app_pool, storage::RealmScope{request.realm->project.id}));
    TRY(auto&& refreshed, storage::refresh_token_family(transaction, refresh, event));
    if (refreshed.family) {
        TRY(const bool first, spend_assertion(transaction, request));
        if (!first) {
            return std::optional<storage::Refreshed>{};
        }
    }
    if (refreshed.revoked) {
        TRY(storage::insert_audit_event(
            transaction,
            family_event(request, audit::EventType::oauth_refresh_token_reused, *refreshed.revoked, {})));
    }
    TRY(transaction.commit());
    return std::optional{std::move(refreshed)};
}

// With others where nothing but the rotation is to be committed; alone where an assertion is spent with it, where nothing rotates,
// and where it must be said why it did not.
Async<Result<std::optional<storage::Refreshed>, storage::StoreError>>
carry_out(const TokenRequest& request, storage::Refresh refresh, storage::AuditRow event)
{
    if (refresh.successor && !request.client.once) {
        CO_TRY(auto&& family,
               co_await request.front.rotations.rotate(request.realm->project.id, {refresh, event}));
        if (family) {
            co_return storage::Refreshed{.family = std::move(family)};
        }
    }
    co_return co_await on_pool(request.front.threads, [&] { return consume(request, refresh, event); });
}

Async<void> release(const TokenRequest& request, const TokenOrder& order)
{
    const PersonOrder& person = *order.person;
    const auto work = [&]() -> Result<void, storage::StoreError> {
        TRY(auto&& transaction, storage::Transaction::begin(request.front.app_pool,
                                                            storage::RealmScope{request.realm->project.id}));
        TRY(storage::release_refresh_token(transaction, person.consumed));
        TRY(storage::insert_audit_event(
            transaction,
            family_event(request, audit::EventType::oauth_token_released, person.family, person.jti)));
        return transaction.commit();
    };
    auto released = co_await on_pool(request.front.threads, work);
    if (!released) {
        log::write(log::Level::warning, "refresh_token_not_released", request.request.request_id,
                   {{"detail", released.error().detail}});
    }
}

// What the client goes on with: the new token, the one a first attempt had made, or the one it has.
Result<std::string, OAuthError> next_token(std::string_view presented, std::string made,
                                           const std::optional<Bytes>& sealed)
{
    if (sealed) {
        auto successor = open_successor(presented, *sealed);
        if (!successor) {
            return OAuthError{ErrorCode::server_error, "The request could not be carried out.",
                              "the successor does not open"};
        }
        return std::move(*successor);
    }
    return made;
}

}  // namespace

Rotations::Rotations(storage::Pool& app_pool, asio::thread_pool& threads)
    : app_pool_(app_pool),
      threads_(threads)
{
}

Async<Rotations::Outcome> Rotations::rotate(ProjectId project, storage::Rotation rotation)
{
    const auto loop = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(loop, std::move(rotation));
    Line& line = lines_[project];
    line.waiting.push_back(waiter);
    if (line.batches < batches_max) {
        ++line.batches;
        asio::co_spawn(loop, work_off(project), asio::detached);
    }
    co_await waiter->done.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!waiter->outcome) {
        co_return StoreError{StoreFault::timeout, {}, "the rotation waited for was given up"};
    }
    co_return std::move(*waiter->outcome);
}

Async<void> Rotations::work_off(ProjectId project)
{
    while (!lines_[project].waiting.empty()) {
        std::deque<WaiterPtr>& waiting = lines_[project].waiting;
        std::vector<WaiterPtr> batch;
        while (!waiting.empty() && batch.size() < batch_max) {
            batch.push_back(std::move(waiting.front()));
            waiting.pop_front();
        }
        co_await commit(project, std::move(batch));
    }
    if (--lines_[project].batches == 0) {
        lines_.erase(project);
    }
}

Async<void> Rotations::commit(ProjectId project, std::vector<WaiterPtr> batch)
{
    std::vector<storage::Rotation> rotations;
    rotations.reserve(batch.size());
    for (const WaiterPtr& waiter : batch) {
        rotations.push_back(std::move(waiter->rotation));
    }
    const auto work = [this, project, &rotations]() -> Result<Families, StoreError> {
        try {
            return rotate_all(app_pool_, project, rotations);
        } catch (const std::exception& error) {
            return StoreError{StoreFault::bug, {}, error.what()};
        }
    };
    auto rotated = co_await on_pool(threads_, work);
    if (!rotated) {
        log::warning("rotations_failed", {{"tokens", batch.size()}, {"detail", rotated.error().detail}});
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (rotated) {
            batch[i]->outcome.emplace(std::move(rotated.value()[i]));
        } else if (is_fault_of_an_entry(rotated.error().fault)) {
            batch[i]->outcome.emplace(std::nullopt);
        } else {
            batch[i]->outcome.emplace(rotated.error());
        }
        batch[i]->done.cancel();
    }
}

Async<Result<TokenOrder, OAuthError>> refresh_token(const TokenRequest& request)
{
    const auto presented = request.form.find("refresh_token");
    if (!presented) {
        co_return OAuthError{ErrorCode::invalid_request, "refresh_token is missing.", "no refresh_token"};
    }
    if (presented->size() > refresh_token_bytes_max) {
        co_return invalid_grant("refresh token too long");
    }
    CO_TRY(auto&& scopes, asked_scopes(request));
    CO_TRY(auto&& resources, co_await asked_resources(request));
    storage::Refresh refresh{.digest = sha256(*presented),
                             .client = request.record().client.id,
                             .scopes = scopes,
                             .resources = resources,
                             .own_api = own_api_of(*request.realm),
                             .now = request.now,
                             .idle_expire_time =
                                 request.now + Seconds{request.realm->project.settings.refresh_token_idle_s},
                             .successor = std::nullopt,
                             .grace = refresh_grace};
    std::string made;
    if (rotates(request)) {
        made = new_refresh_token();
        refresh.successor = storage::Successor{sha256(made), seal_successor(*presented, made)};
    }
    const std::string jti = random_jti();
    auto answered = co_await carry_out(request, refresh, issued_event(request, jti, resources, scopes));
    if (!answered) {
        co_return from_store(answered.error());
    }
    if (!answered.value()) {
        co_return assertion_replayed();
    }
    storage::Refreshed& refreshed = *answered.value();
    if (!refreshed.family) {
        co_return error_of(refreshed.fault);
    }
    TokenOrder order;
    order.person = PersonOrder{
        .family = std::move(*refreshed.family), .jti = jti, .release = release, .consumed = refresh.digest};
    const storage::TokenFamily& family = order.person->family;
    CO_TRY(auto&& next, next_token(*presented, std::move(made), refreshed.successor_sealed));
    order.person->refresh_token = std::move(next);
    auto extent = co_await extent_of(request, family, std::move(resources), std::move(scopes));
    if (!extent) {
        co_await release(request, order);
        co_return std::move(extent.error());
    }
    order.subject = oidc::subject_of(*request.realm, request.record().client, family.user);
    order.audience = std::move(extent.value().audience);
    order.scope = std::move(extent.value().scope);
    co_return order;
}

}  // namespace tessera::oauth
