#include <algorithm>
#include <utility>

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

namespace tessera::oauth {

namespace {

using storage::RefreshFault;

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
    const storage::AuditRow event = issued_event(request, jti, resources, scopes);
    auto answered = co_await on_pool(request.front.threads, [&] { return consume(request, refresh, event); });
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
