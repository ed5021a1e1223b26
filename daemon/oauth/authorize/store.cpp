#include <utility>

#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"
#include "daemon/transact.hpp"

namespace tessera::oauth {

namespace {

constexpr Seconds request_lifetime{3600};

AuthorizeRefusal gone(std::string detail)
{
    return malformed("This sign-in was answered already, has expired, or was begun in another browser.",
                     std::move(detail), Tell::page);
}

}  // namespace

void name_request(AuthorizeContext& context)
{
    if (context.request.browser_digest != Sha256{}) {
        return;
    }
    const Bytes secret = login::browser_secret(context.http, *context.realm, context.cookies);
    context.request.id = AuthorizationRequestId::random();
    context.request.browser_digest = sha256(secret);
    context.request.create_time = context.now;
    context.request.expire_time = context.now + request_lifetime;
}

Async<Result<void, AuthorizeRefusal>> store_request(AuthorizeContext& context)
{
    if (context.stored == AuthorizeContext::Stored::yes) {
        co_return ok();
    }
    name_request(context);
    auto done = co_await transact(context.front, context.realm->project.id, [&](storage::Transaction& tx) {
        return storage::insert_authorization_request(tx, context.realm->project.id, context.request);
    });
    if (!done) {
        co_return AuthorizeRefusal{from_store(done.error())};
    }
    context.stored = AuthorizeContext::Stored::yes;
    co_return ok();
}

Async<Result<void, AuthorizeRefusal>> load_stored_request(AuthorizeContext& context, std::string_view id)
{
    const auto request_id = AuthorizationRequestId::parse(id);
    const auto browser = login::browser_digest(context.http, *context.realm);
    if (!request_id || !browser) {
        co_return gone(request_id ? "no browser cookie" : "request is no id");
    }
    auto found = co_await transact(context.front, context.realm->project.id, [&](storage::Transaction& tx) {
        return storage::find_authorization_request(tx, *request_id, *browser);
    });
    if (!found) {
        co_return AuthorizeRefusal{from_store(found.error()), Tell::page};
    }
    if (!found.value() || found.value()->is_finished || found.value()->expire_time <= context.now) {
        co_return gone(!found.value() ? "no such request in this browser"
                                      : (found.value()->is_finished ? "answered before" : "expired"));
    }
    auto client = co_await context.front.realms.find_client(context.realm->project.id, found.value()->client);
    if (!client) {
        co_return AuthorizeRefusal{from_store(client.error()), Tell::page};
    }
    // What was true when it began may not be any more.
    if (client.value() == nullptr || client.value()->client.disabled
        || !is_registered_redirect(found.value()->redirect_uri,
                                   client.value()->client.settings.redirect_uris)) {
        co_return gone("client or redirect_uri gone");
    }
    context.profile = find_profile(client.value()->client.settings.profile);
    if (context.profile == nullptr) {
        co_return gone("profile unknown");
    }
    context.client = std::move(client.value());
    context.request = std::move(*found.value());
    context.stored = AuthorizeContext::Stored::yes;
    if (context.request.claims) {
        context.claims =
            oidc::parse_claims_parameter(*context.request.claims).value_or(oidc::ClaimsRequest{});
    }
    co_return ok();
}

Async<Outcome> load_request(AuthorizeContext& context)
{
    auto form = http::Form::parse(context.http.query);
    const auto id = form ? form.value().find("request") : std::nullopt;
    CO_TRY(co_await load_stored_request(context, id.value_or("")));
    co_return go_on();
}

}  // namespace tessera::oauth
