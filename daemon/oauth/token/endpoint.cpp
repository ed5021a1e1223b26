#include "daemon/oauth/token/endpoint.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/oauth/client_auth/authenticate.hpp"
#include "daemon/oauth/token/grant.hpp"
#include "daemon/oauth/token/issue.hpp"

namespace tessera::oauth {

namespace {

// A refusal and what the trail should say about it.
struct Refusal {
    OAuthError error;
    std::string client_id{};
    bool is_authenticated = false;
    std::string_view method{};
    std::string grant_type{};
    std::optional<storage::OnceValue> once{};  // an assertion is spent even when the grant is refused
};

using Answer = Result<http::Response, Refusal>;

Refusal malformed(std::string_view description, std::string detail)
{
    return {.error = {ErrorCode::invalid_request, description, std::move(detail)}};
}

// docs/spec-map.md.
Result<http::Form, Refusal> parse_body(const http::Request& request)
{
    if (!request.query.empty()) {
        return malformed("Parameters belong in the body, not in the URL.", "query at the token endpoint");
    }
    if (request.count("content-type") != 1 || request.media_type() != "application/x-www-form-urlencoded") {
        return malformed("The body must be application/x-www-form-urlencoded.", "content type");
    }
    auto form = http::Form::parse(request.body);
    if (!form) {
        return malformed("The body is no well-formed form.", "form: " + form.error().detail);
    }
    // RFC 6749 §3.2; RFC 8707 §2 and RFC 8693 §2.1 let these two repeat.
    if (form.value().find_repeated({"resource", "audience"})) {
        return malformed("A parameter occurs more than once.", "repeated parameter");
    }
    if (!form.value().find("grant_type")) {
        return malformed("grant_type is missing.", "no grant_type");
    }
    return std::move(form.value());
}

Refusal refused(OAuthError error, const AuthenticatedClient& client, std::string_view grant_type)
{
    return {.error = std::move(error),
            .client_id = client.record->client.id.to_string(),
            .is_authenticated = true,
            .method = client.method,
            .grant_type = std::string{grant_type},
            .once = client.once};
}

struct Chosen {
    const Grant& grant;
    const Profile& profile;
};

// Which grant, and whether this client may use it.
Result<Chosen, OAuthError> choose_grant(const AuthenticatedClient& client, std::string_view grant_type)
{
    const Profile* profile = find_profile(client.record->client.settings.profile);
    const Grant* grant = find_grant(grant_type);
    if (grant == nullptr) {
        return OAuthError{ErrorCode::unsupported_grant_type, "This grant_type is not supported.",
                          "unknown grant_type"};
    }
    const auto& allowed = client.record->client.settings.grant_types;
    if (profile == nullptr || !profile->allows_grant_type(grant_type)
        || std::ranges::find(allowed, grant_type) == allowed.end()) {
        return OAuthError{ErrorCode::unauthorized_client, "The client may not use this grant_type.",
                          "grant_type not allowed for the client"};
    }
    return Chosen{*grant, *profile};
}

Async<Answer> answer(Front& front, const http::Request& request, RealmPtr realm)
{
    CO_TRY(auto&& form, parse_body(request));
    const std::string_view grant_type = *form.find("grant_type");
    const Presented presented{front, request, form, realm, front.clock.now()};
    auto authenticated = co_await authenticate_client(presented);
    if (!authenticated) {
        ClientAuthFailure& failure = authenticated.error();
        co_return Refusal{.error = std::move(failure.error),
                          .client_id = std::move(failure.claimed_client),
                          .method = failure.method,
                          .grant_type = std::string{grant_type}};
    }
    const AuthenticatedClient& client = authenticated.value();
    const auto chosen = choose_grant(client, grant_type);
    if (!chosen) {
        co_return refused(chosen.error(), client, grant_type);
    }
    const TokenRequest token_request{front,      request,      form, realm, client, chosen.value().profile,
                                     grant_type, presented.now};
    auto order = co_await chosen.value().grant.handle(token_request);
    if (!order) {
        co_return refused(std::move(order.error()), client, grant_type);
    }
    auto issued = co_await issue_tokens(token_request, std::move(order.value()));
    if (!issued) {
        Refusal refusal = refused(std::move(issued.error()), client, grant_type);
        // A replayed assertion proved nothing, and its once-only value is spent already.
        if (refusal.error.code == ErrorCode::invalid_client) {
            refusal.is_authenticated = false;
            refusal.once.reset();
        }
        co_return refusal;
    }
    co_return std::move(issued.value());
}

storage::AuditEntry event_of(const Front& front, const http::Request& request, const Realm& realm,
                             const Refusal& refusal, std::uint64_t suppressed)
{
    const bool is_client = refusal.error.code == ErrorCode::invalid_client;
    audit::Event event{.type = is_client ? audit::EventType::oauth_client_authentication_failed
                                         : audit::EventType::oauth_token_refused};
    event.result = audit::EventResult::refused;
    audit::add_request(event, request);
    event.project = realm.project.id;
    event.client_id = refusal.client_id;
    event.principal = {audit::PrincipalKind::client,
                       refusal.is_authenticated ? refusal.client_id : std::string{}};
    event.error_code = to_string(refusal.error.code);
    event.body.emplace("auth_method", refusal.method);
    event.body.emplace("reason", refusal.error.detail);
    if (!is_client) {
        event.body.emplace("grant_type", refusal.grant_type);
    }
    if (suppressed > 0) {
        event.body.emplace("suppressed", suppressed);
    }
    return {audit::to_row(event, front.clock.now()), refusal.once};
}

using Recorded = Result<storage::Appended, storage::StoreError>;

// What strangers send without end would fill the disk, and then nobody gets a token: beyond a budget refusals are counted.
// One that spends an assertion is always recorded, for the record is what spends it.
Async<Recorded> record(Front& front, const http::Request& request, const Realm& realm, const Refusal& refusal)
{
    std::uint64_t suppressed = 0;
    if (!refusal.once) {
        const auto taken = front.refusals.take(realm.project.id, request.peer.address, front.clock.tick());
        if (!taken) {
            front.metrics.count(Counter::refusals_unrecorded);
            co_return storage::Appended::written;
        }
        suppressed = *taken;
    }
    co_return co_await front.audit.append(event_of(front, request, realm, refusal, suppressed));
}

// An assertion that was spent in a refused request before proves nothing the second time.
Async<http::Response> refuse(Front& front, const http::Request& request, const Realm& realm, Refusal refusal)
{
    if (is_own_trouble(refusal.error.code)) {
        log::write(log::Level::warning, "token_not_issued", request.request_id,
                   {{"realm", realm.project.slug}, {"detail", refusal.error.detail}});
        co_return render(refusal.error);
    }
    auto appended = co_await record(front, request, realm, refusal);
    if (appended && appended.value() == storage::Appended::replayed) {
        front.metrics.count(Counter::assertions_replayed);
        refusal.error = assertion_replayed();
        refusal.is_authenticated = false;
        refusal.once.reset();
        appended = co_await record(front, request, realm, refusal);
    }
    if (refusal.error.code == ErrorCode::invalid_client) {
        front.metrics.count(Counter::client_auth_failures);
    }
    if (!appended) {
        front.metrics.count(Counter::audit_failures);
        log::write(log::Level::warning, "refusal_not_recorded", request.request_id,
                   {{"realm", realm.project.slug}, {"detail", appended.error().detail}});
        co_return render(from_store(appended.error()));
    }
    co_return render(refusal.error);
}

}  // namespace

Async<http::Response> token(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await answer(front, request, realm);
    if (answered) {
        front.metrics.count(Counter::tokens_issued);
        co_return std::move(answered.value());
    }
    front.metrics.count(Counter::tokens_refused);
    co_return co_await refuse(front, request, *realm, std::move(answered.error()));
}

}  // namespace tessera::oauth
