#include "daemon/oauth/client_call.hpp"

#include <cstdint>
#include <utility>

#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"

namespace tessera::oauth {

namespace {

struct Where {
    Front& front;
    const http::Request& request;
    const Realm& realm;
    std::string_view endpoint;
};

OAuthError malformed(std::string_view description, std::string detail)
{
    return {ErrorCode::invalid_request, description, std::move(detail)};
}

Result<http::Form, OAuthError> parse_body(const http::Request& request)
{
    if (!request.query.empty()) {
        return malformed("Parameters belong in the body, not in the URL.", "query");
    }
    if (request.count("content-type") != 1 || request.media_type() != "application/x-www-form-urlencoded") {
        return malformed("The body must be application/x-www-form-urlencoded.", "content type");
    }
    auto form = http::Form::parse(request.body);
    if (!form) {
        return malformed("The body is no well-formed form.", "form: " + form.error().detail);
    }
    if (form.value().find_repeated({})) {
        return malformed("A parameter occurs more than once.", "repeated parameter");
    }
    return std::move(form.value());
}

audit::Event event_of(const Where& where, audit::EventType type, const std::string& client,
                      std::string_view method)
{
    audit::Event event{.type = type};
    audit::add_request(event, where.request);
    event.project = where.realm.project.id;
    event.client_id = client;
    event.body.emplace("endpoint", where.endpoint);
    event.body.emplace("auth_method", method);
    return event;
}

// What strangers send without end would fill the disk: beyond a budget refusals are counted.
Async<http::Response> refuse(Where where, ClientAuthFailure failure)
{
    Front& front = where.front;
    if (is_own_trouble(failure.error.code)) {
        co_return unanswered(where.request, where.realm, where.endpoint, failure.error);
    }
    const bool is_client = failure.error.code == ErrorCode::invalid_client;
    if (is_client) {
        front.metrics.count(Counter::client_auth_failures);
    }
    const auto suppressed =
        front.refusals.take(where.realm.project.id, where.request.peer.address, front.clock.tick());
    if (!suppressed) {
        front.metrics.count(Counter::refusals_unrecorded);
        co_return render(failure.error);
    }
    audit::Event event = event_of(where,
                                  is_client ? audit::EventType::oauth_client_authentication_failed
                                            : audit::EventType::oauth_request_refused,
                                  failure.claimed_client, failure.method);
    event.result = audit::EventResult::refused;
    event.principal = {audit::PrincipalKind::client, {}};
    event.error_code = to_string(failure.error.code);
    event.body.emplace("reason", failure.error.detail);
    if (*suppressed > 0) {
        event.body.emplace("suppressed", *suppressed);
    }
    auto appended = co_await front.audit.append({audit::to_row(event, front.clock.now()), std::nullopt});
    if (!appended) {
        front.metrics.count(Counter::audit_failures);
        co_return unanswered(where.request, where.realm, where.endpoint, from_store(appended.error()));
    }
    co_return render(failure.error);
}

// An assertion counts once, whatever it is shown for.
Async<Result<void, ClientAuthFailure>> spend(Where where, const AuthenticatedClient& client)
{
    if (!client.once) {
        co_return ok();
    }
    const std::string client_id = client.record->client.id.to_string();
    audit::Event event =
        event_of(where, audit::EventType::oauth_client_authenticated, client_id, client.method);
    event.principal = {audit::PrincipalKind::client, client_id};
    auto appended =
        co_await where.front.audit.append({audit::to_row(event, where.front.clock.now()), client.once});
    if (!appended) {
        where.front.metrics.count(Counter::audit_failures);
        co_return ClientAuthFailure{from_store(appended.error()), client_id, client.method};
    }
    if (appended.value() == storage::Appended::replayed) {
        where.front.metrics.count(Counter::assertions_replayed);
        co_return ClientAuthFailure{assertion_replayed(), client_id, client.method};
    }
    co_return ok();
}

}  // namespace

Async<Result<ClientCall, http::Response>> open_client_call(Front& front, const http::Request& request,
                                                           RealmPtr realm, std::string_view endpoint)
{
    const Where where{front, request, *realm, endpoint};
    auto form = parse_body(request);
    if (!form) {
        co_return co_await refuse(where, {std::move(form.error()), {}, {}});
    }
    const Presented presented{front, request, form.value(), realm, front.clock.now()};
    auto client = co_await authenticate_client(presented);
    if (!client) {
        co_return co_await refuse(where, std::move(client.error()));
    }
    auto spent = co_await spend(where, client.value());
    if (!spent) {
        co_return co_await refuse(where, std::move(spent.error()));
    }
    if (!form.value().find("token")) {
        co_return co_await refuse(where,
                                  {malformed("token is missing.", "no token"),
                                   client.value().record->client.id.to_string(), client.value().method});
    }
    co_return ClientCall{std::move(form.value()), std::move(client.value()), presented.now};
}

http::Response unanswered(const http::Request& request, const Realm& realm, std::string_view endpoint,
                          const OAuthError& error)
{
    log::write(log::Level::warning, "client_not_answered", request.request_id,
               {{"realm", realm.project.slug}, {"endpoint", endpoint}, {"detail", error.detail}});
    return render(error);
}

}  // namespace tessera::oauth
