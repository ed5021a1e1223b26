#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/on_pool.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/oauth/proof/pkce.hpp"
#include "daemon/oauth/token/issue.hpp"
#include "daemon/oauth/token/person.hpp"
#include "daemon/oauth/token/target.hpp"
#include "daemon/oidc/subject.hpp"
#include "storage/repositories/authorization_codes.hpp"

namespace tessera::oauth {

namespace {

using storage::CodeFault;

constexpr std::size_t code_bytes_max = 128;

// One public answer: which of these it was is for the trail (RFC 6749 §5.2).
OAuthError invalid_grant(std::string detail)
{
    return {ErrorCode::invalid_grant,
            "The authorization code is invalid, expired, used, or was issued to another client or for other "
            "parameters.",
            std::move(detail)};
}

OAuthError error_of(CodeFault fault)
{
    switch (fault) {
    case CodeFault::unknown: return invalid_grant("unknown code");
    case CodeFault::expired: return invalid_grant("code expired");
    case CodeFault::replayed: return invalid_grant("code used before");
    case CodeFault::foreign_client: return invalid_grant("code issued to another client");
    case CodeFault::verifier: return invalid_grant("code_verifier does not fit");
    case CodeFault::redirect_uri: return invalid_grant("redirect_uri is not the one authorized");
    case CodeFault::resource: return invalid_target("resource was not authorized");
    case CodeFault::ended: return invalid_grant("session, user or organization ended");
    }
    return invalid_grant("unknown code");
}

// RFC 7636 §4.5. Empty when none was sent; the code decides whether one is needed.
Result<std::string, OAuthError> challenge_of_request(const TokenRequest& request)
{
    const auto verifier = request.form.find("code_verifier");
    if (!verifier) {
        return std::string{};
    }
    if (!is_code_verifier(*verifier)) {
        return invalid_grant("code_verifier is malformed");
    }
    return challenge_of(*verifier);
}

bool may_refresh(const TokenRequest& request)
{
    const auto& allowed = request.record().client.settings.grant_types;
    return request.profile.allows_grant_type("refresh_token")
           && std::ranges::find(allowed, "refresh_token") != allowed.end();
}

// Nothing when a once-only assertion turned out to be spent: then nothing was consumed.
Result<std::optional<storage::Redeemed>, storage::StoreError>
redeem(const TokenRequest& request, const storage::Redemption& redemption, const storage::AuditRow& event)
{
    TRY(auto&& transaction,
        storage::Transaction::begin(request.front.app_pool, storage::RealmScope{request.realm->project.id}));
    TRY(auto&& redeemed, storage::redeem_authorization_code(transaction, redemption, event));
    if (redeemed.family) {
        TRY(const bool first, spend_assertion(transaction, request));
        if (!first) {
            return std::optional<storage::Redeemed>{};
        }
    }
    if (redeemed.revoked) {
        TRY(storage::insert_audit_event(
            transaction,
            family_event(request, audit::EventType::oauth_code_replayed, *redeemed.revoked, {})));
    }
    TRY(transaction.commit());
    return std::optional{std::move(redeemed)};
}

Async<void> release(const TokenRequest& request, const TokenOrder& order)
{
    const PersonOrder& person = *order.person;
    const auto work = [&]() -> Result<void, storage::StoreError> {
        storage::Redemption redemption;
        redemption.digest = person.consumed;
        redemption.refresh_token = person.refresh_digest;
        redemption.now = request.now;
        TRY(auto&& transaction, storage::Transaction::begin(request.front.app_pool,
                                                            storage::RealmScope{request.realm->project.id}));
        TRY(storage::release_authorization_code(transaction, redemption));
        TRY(storage::insert_audit_event(
            transaction,
            family_event(request, audit::EventType::oauth_token_released, person.family, person.jti)));
        return transaction.commit();
    };
    auto released = co_await on_pool(request.front.threads, work);
    if (!released) {
        log::write(log::Level::warning, "code_not_released", request.request.request_id,
                   {{"detail", released.error().detail}});
    }
}

}  // namespace

Async<Result<TokenOrder, OAuthError>> authorization_code(const TokenRequest& request)
{
    const auto code = request.form.find("code");
    if (!code) {
        co_return OAuthError{ErrorCode::invalid_request, "code is missing.", "no code"};
    }
    if (code->size() > code_bytes_max) {
        co_return invalid_grant("code too long");
    }
    CO_TRY(auto&& challenge, challenge_of_request(request));
    CO_TRY(auto&& resources, co_await asked_resources(request));
    const auto& settings = request.realm->project.settings;
    std::string refresh_token = may_refresh(request) ? new_refresh_token() : std::string{};
    storage::Redemption redemption{
        .digest = sha256(*code),
        .client = request.record().client.id,
        .redirect_uri = std::string{request.form.find("redirect_uri").value_or("")},
        .code_challenge = std::move(challenge),
        .resources = resources,
        .own_api = own_api_of(*request.realm),
        .now = request.now,
        .refresh_token = refresh_token.empty() ? std::nullopt : std::optional{sha256(refresh_token)},
        .family_expire_time = request.now + Seconds{settings.refresh_token_lifetime_s},
        .refresh_expire_time = request.now + Seconds{settings.refresh_token_idle_s}};
    const std::string jti = random_jti();
    const storage::AuditRow event = issued_event(request, jti, resources, {});
    auto answered =
        co_await on_pool(request.front.threads, [&] { return redeem(request, redemption, event); });
    if (!answered) {
        co_return from_store(answered.error());
    }
    if (!answered.value()) {
        co_return assertion_replayed();
    }
    if (!answered.value()->family) {
        co_return error_of(answered.value()->fault);
    }
    TokenOrder order;
    order.person = PersonOrder{.family = std::move(*answered.value()->family),
                               .jti = jti,
                               .refresh_token = std::move(refresh_token),
                               .release = release,
                               .consumed = redemption.digest,
                               .refresh_digest = redemption.refresh_token};
    const storage::TokenFamily& family = order.person->family;
    auto extent = co_await extent_of(request, family, std::move(resources), {});
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
