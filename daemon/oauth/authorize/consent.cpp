#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>

#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/http/origin.hpp"
#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/endpoint.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"
#include "daemon/oauth/authorize/refuse.hpp"
#include "daemon/oauth/authorize/response.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/page/consent_pages.hpp"
#include "daemon/resource_uri.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::oauth {

namespace {

using Shown = Result<http::Response, AuthorizeRefusal>;
using storage::GrantedScope;

AuthorizeContext context_of(Front& front, const http::Request& request, RealmPtr realm)
{
    return {.front = front,
            .http = request,
            .realm = std::move(realm),
            .entry = Entry::resume,
            .now = front.clock.now()};
}

http::Response redirect(const AuthorizeContext& context, const std::string& path)
{
    http::Response response;
    response.status = context.http.method == http::Method::post ? 303 : 302;
    response.set("Location", context.path() + path);
    response.set("Cache-Control", "no-store");
    return response;
}

http::Response resume(const AuthorizeContext& context)
{
    return redirect(context, "/authorize/resume?request=" + context.request.id.to_string());
}

// The request of this browser and who is signed in; a page about somebody who is not would ask nobody. False when the sign-in does
// not do any more: the steps say what comes of that.
Async<Result<bool, AuthorizeRefusal>> open(AuthorizeContext& context, std::string_view id)
{
    CO_TRY(co_await load_stored_request(context, id));
    auto current = co_await login::current_session(context.front, context.http, context.realm);
    if (!current) {
        co_return AuthorizeRefusal{from_store(current.error()), Tell::page};
    }
    login::Wanted wanted = wanted_of(context);
    if (context.claims.essential_acr.empty()) {
        wanted.acr.clear();
    }
    if (!current.value() || !login::satisfies(*current.value(), wanted)) {
        co_return false;
    }
    context.session = std::move(current.value());
    co_return true;
}

page::ConsentPage::Permission permission_of(const GrantedScope& granted, const ResourcePtr& resource)
{
    page::ConsentPage::Permission permission{granted.scope, {}};
    if (resource != nullptr) {
        const auto found = std::ranges::find(resource->scopes, granted.scope, &storage::ResourceScope::name);
        if (found != resource->scopes.end()) {
            permission.description = found->description;
        }
    }
    return permission;
}

// What is asked for, resource by resource; the person's own data first.
Async<Result<std::vector<page::ConsentPage::Resource>, AuthorizeRefusal>>
resources_of(AuthorizeContext& context, std::vector<GrantedScope> scopes)
{
    std::vector<page::ConsentPage::Resource> resources;
    ResourcePtr current;
    for (const GrantedScope& each : scopes) {
        if (resources.empty() || resources.back().uri != each.resource) {
            current = nullptr;
            if (!each.resource.empty()) {
                auto found = co_await context.front.realms.find_resource(
                    context.realm->project.id, normalize_resource_uri(each.resource).value_or(std::string{}));
                if (!found) {
                    co_return AuthorizeRefusal{from_store(found.error()), Tell::page};
                }
                current = std::move(found.value());
            }
            resources.push_back(
                {current != nullptr ? current->display_name : std::string{}, each.resource, {}});
        }
        resources.back().permissions.push_back(permission_of(each, current));
    }
    co_return resources;
}

page::ConsentPage::Trust trust_of(const AuthorizeContext& context)
{
    if (is_native_redirect(context.request.redirect_uri)) {
        return page::ConsentPage::Trust::local;
    }
    return context.settings().trusted ? page::ConsentPage::Trust::verified
                                      : page::ConsentPage::Trust::unverified;
}

// What a client says of itself is believed of one an operator vouches for. Any other is whoever gets the code.
std::string identity_host_of(const storage::ClientSettings& client, const std::string& redirect_host)
{
    if (!client.trusted) {
        return redirect_host;
    }
    return client.client_uri ? host_shown_of(*client.client_uri) : std::string{};
}

Async<Shown> show(AuthorizeContext& context)
{
    auto form = http::Form::parse(context.http.query);
    CO_TRY(const bool is_open, co_await open(context, form ? form.value().find("request").value_or("") : ""));
    if (!is_open) {
        co_return resume(context);
    }
    auto user = co_await transact(context.front, context.realm->project.id, [&](storage::Transaction& tx) {
        return storage::find_user(tx, context.session->user);
    });
    if (!user) {
        co_return AuthorizeRefusal{from_store(user.error()), Tell::page};
    }
    CO_TRY(auto&& scopes, co_await scopes_to_allow(context));
    const storage::ClientSettings& client = context.settings();
    page::ConsentPage shown;
    shown.username = user.value() ? user.value()->settings.email : std::string{};
    shown.client_name = client.display_name;
    shown.redirect_host = host_shown_of(context.request.redirect_uri);
    shown.client_host = identity_host_of(client, shown.redirect_host);
    shown.trust = trust_of(context);
    shown.is_offline = has_scope(context.request.scope, "offline_access");
    shown.privacy_url = client.policy_uri.value_or("");
    shown.terms_url = client.tos_uri.value_or("");
    CO_TRY(auto&& resources, co_await resources_of(context, std::move(scopes)));
    shown.resources = std::move(resources);
    page::PageContext page = page_context(context);
    page.form.action = context.path() + "/consent";
    page.form.hidden = {{"request", context.request.id.to_string()}};
    page.redirect_targets = {context.request.redirect_uri};
    http::Response response = page::render(page, shown);
    response.set("Cache-Control", "no-store");
    co_return response;
}

storage::AuditRow event_of(const AuthorizeContext& context)
{
    audit::Event event{.type = audit::EventType::oauth_consent_given};
    audit::add_request(event, context.http);
    event.project = context.realm->project.id;
    event.client_id = context.request.client.to_string();
    event.principal = {audit::PrincipalKind::user, context.session->user.to_string()};
    event.session_id = context.session->session.to_string();
    event.target = {"client", event.client_id};
    event.body.emplace("scope", context.request.scope);
    event.body.emplace("resources",
                       json::array(context.request.resources.begin(), context.request.resources.end()));
    return audit::to_row(event, context.now);
}

// Remembered, and good for this request even where it is asked each time.
Result<bool, storage::StoreError> allow(storage::Transaction& transaction, const AuthorizeContext& context,
                                        const std::vector<GrantedScope>& scopes)
{
    const UserId user = context.session->user;
    TRY(const bool first,
        storage::allow_authorization_request(transaction, context.request.id, user, context.now));
    if (!first) {
        return false;
    }
    TRY(storage::remember_grant(transaction, context.realm->project.id, user, context.request.client, scopes,
                                context.now));
    TRY(storage::insert_audit_event(transaction, event_of(context)));
    return true;
}

Async<Shown> take(AuthorizeContext& context)
{
    if (!http::is_from_own_page(context.http, context.front.settings.text("issuer-base"))) {
        co_return malformed("The form was not sent from a page of this site.", "consent from elsewhere",
                            Tell::page);
    }
    auto form = http::Form::parse(context.http.body);
    if (!form || form.value().find_repeated({})) {
        co_return malformed("The form is not well-formed.", "consent form", Tell::page);
    }
    CO_TRY(const bool is_open, co_await open(context, form.value().find("request").value_or("")));
    if (!is_open) {
        co_return resume(context);
    }
    const auto action = form.value().find(page::field::action).value_or("");
    if (action == page::act::another) {
        login::Wanted wanted = wanted_of(context);
        wanted.page = login::Wanted::Page::select_account;
        auto begun = co_await login::begin(context.front, context.http, context.realm, std::move(wanted));
        if (!begun) {
            co_return AuthorizeRefusal{from_store(begun.error()), Tell::page};
        }
        co_return std::move(begun.value());
    }
    // Only a plain yes is one.
    if (action != page::act::allow) {
        co_return AuthorizeRefusal{
            {ErrorCode::access_denied, "The person did not allow it.", "consent denied"}};
    }
    CO_TRY(auto&& scopes, co_await scopes_to_allow(context));
    auto allowed =
        co_await transact(context.front, context.realm->project.id, [&](storage::Transaction& transaction) {
            return allow(transaction, context, scopes);
        });
    if (!allowed) {
        co_return AuthorizeRefusal{from_store(allowed.error()), Tell::page};
    }
    co_return resume(context);
}

Async<http::Response> settle(AuthorizeContext& context, Shown shown)
{
    if (!shown) {
        co_return co_await refuse(context, std::move(shown.error()));
    }
    co_return std::move(shown.value());
}

}  // namespace

Async<http::Response> show_consent(Front& front, const http::Request& request, RealmPtr realm)
{
    AuthorizeContext context = context_of(front, request, std::move(realm));
    co_return co_await settle(context, co_await show(context));
}

Async<http::Response> take_consent(Front& front, const http::Request& request, RealmPtr realm)
{
    AuthorizeContext context = context_of(front, request, std::move(realm));
    co_return co_await settle(context, co_await take(context));
}

}  // namespace tessera::oauth
