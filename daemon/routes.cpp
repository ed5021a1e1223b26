#include "daemon/routes.hpp"

#include <algorithm>
#include <optional>

#include "base/ascii.hpp"
#include "base/assert.hpp"
#include "base/log.hpp"
#include "daemon/http/cors.hpp"
#include "daemon/login/endpoint.hpp"
#include "daemon/login/related_origins.hpp"
#include "daemon/oauth/authorize/endpoint.hpp"
#include "daemon/oauth/introspect.hpp"
#include "daemon/oauth/metadata.hpp"
#include "daemon/oauth/register.hpp"
#include "daemon/oauth/revoke.hpp"
#include "daemon/oauth/token/endpoint.hpp"
#include "daemon/oidc/end_session.hpp"
#include "daemon/oidc/userinfo.hpp"
#include "daemon/page/assets.hpp"
#include "daemon/page/brand_routes.hpp"

namespace tessera {

namespace {

using http::Method;

constexpr std::size_t no_body = 0;
// The longest honest token request carries a client assertion of a few KiB.
constexpr std::size_t form_bytes_max = 64 * 1024;

// docs/spec-map.md A.6: each document at its inserted and its appended place. One row a verb and path.
constexpr auto table = std::to_array<Route>({
    {Method::get, "/.well-known/oauth-authorization-server/realms/{slug}", oauth::metadata, no_body,
     Cors::any_get},
    {Method::get, "/.well-known/openid-configuration/realms/{slug}", oauth::metadata, no_body, Cors::any_get},
    {Method::get, "/realms/{slug}/.well-known/oauth-authorization-server", oauth::metadata, no_body,
     Cors::any_get},
    {Method::get, "/realms/{slug}/.well-known/openid-configuration", oauth::metadata, no_body, Cors::any_get},
    {Method::get, "/.well-known/webauthn", login::related_origins, no_body, Cors::any_get},
    {Method::get, "/realms/{slug}/jwks", oauth::jwks, no_body, Cors::any_get},
    {Method::get, "/realms/{slug}/authorize", oauth::authorize, no_body, Cors::none},
    {Method::post, "/realms/{slug}/authorize", oauth::authorize_by_form, form_bytes_max, Cors::none},
    {Method::get, "/realms/{slug}/authorize/resume", oauth::resume_authorization, no_body, Cors::none},
    {Method::get, "/realms/{slug}/consent", oauth::show_consent, no_body, Cors::none},
    {Method::post, "/realms/{slug}/consent", oauth::take_consent, form_bytes_max, Cors::none},
    {Method::get, "/realms/{slug}/userinfo", oidc::userinfo, no_body, Cors::any_post},
    {Method::post, "/realms/{slug}/userinfo", oidc::userinfo, form_bytes_max, Cors::any_post},
    {Method::post, "/realms/{slug}/token", oauth::token, form_bytes_max, Cors::any_post},
    {Method::post, "/realms/{slug}/introspect", oauth::introspect, form_bytes_max, Cors::none},
    {Method::post, "/realms/{slug}/revoke", oauth::revoke, form_bytes_max, Cors::any_post},
    {Method::get, "/realms/{slug}/account", login::show_account, no_body, Cors::none},
    {Method::post, "/realms/{slug}/account", login::take_account, form_bytes_max, Cors::none},
    {Method::get, "/realms/{slug}/login", login::show_login, no_body, Cors::none},
    {Method::post, "/realms/{slug}/login", login::take_login, form_bytes_max, Cors::none},
    {Method::get, "/realms/{slug}/assets/login.css", page::assets, no_body, Cors::none},
    {Method::get, "/realms/{slug}/assets/login.js", page::assets, no_body, Cors::none},
    {Method::get, "/realms/{slug}/assets/submit.js", page::assets, no_body, Cors::none},
    {Method::get, "/realms/{slug}/brand.css", page::brand_style, no_body, Cors::none},
    {Method::get, "/realms/{slug}/brand/logo.png", page::brand_logo, no_body, Cors::none},
    {Method::get, "/realms/{slug}/brand/logo-dark.png", page::brand_dark_logo, no_body, Cors::none},
    {Method::post, "/realms/{slug}/register", oauth::register_client, form_bytes_max, Cors::any_post},
    {Method::get, "/realms/{slug}/register", oauth::read_registration, no_body, Cors::any_post},
    {Method::put, "/realms/{slug}/register", oauth::update_registration, form_bytes_max, Cors::any_post},
    {Method::del, "/realms/{slug}/register", oauth::delete_registration, no_body, Cors::any_post},
    {Method::get, "/realms/{slug}/logout", oidc::end_session, no_body, Cors::none},
    {Method::post, "/realms/{slug}/logout", oidc::end_session, form_bytes_max, Cors::none},
    {Method::post, "/realms/{slug}/logout/confirm", oidc::confirm_end_session, form_bytes_max, Cors::none},
});
static_assert(table.size() <= Metrics::routes_max);

// An overloaded server reads a refused connection's next request only after this.
constexpr Milliseconds refusal_pause{250};

// `slug` is set when the path fits the pattern.
bool matches(std::string_view pattern, std::string_view path, std::string_view& slug)
{
    constexpr std::string_view variable = "{slug}";
    const auto at = pattern.find(variable);
    if (at == std::string_view::npos) {
        return pattern == path;
    }
    const std::string_view before = pattern.substr(0, at);
    const std::string_view after = pattern.substr(at + variable.size());
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) || !path.ends_with(after)) {
        return false;
    }
    slug = path.substr(before.size(), path.size() - before.size() - after.size());
    // What a slug may be: anything else is no realm, and need not be looked up.
    return ascii::is_label(slug);
}

// A path and what may be done there.
struct Found {
    std::array<const Route*, 8> routes{};  // one a verb
    std::size_t count = 0;
    std::string_view slug;

    std::span<const Route* const> all() const { return std::span{routes}.first(count); }
    const Route* of(Method method) const
    {
        const Method wanted = method == Method::head ? Method::get : method;
        const auto found = std::ranges::find(all(), wanted, [](const Route* route) { return route->method; });
        return found == all().end() ? nullptr : *found;
    }
};

Found find_routes(std::string_view path)
{
    Found found;
    for (const Route& route : table) {
        std::string_view slug;
        if (matches(route.path, path, slug) && found.count < found.routes.size()) {
            found.routes[found.count++] = &route;
            found.slug = slug;
        }
    }
    return found;
}

// RFC 9110 §10.2.1.
std::string allow_of(const Found& found)
{
    std::string allow;
    for (const Route* route : found.all()) {
        allow += std::string{http::to_string(route->method)} + ", ";
        if (route->method == Method::get) {
            allow += "HEAD, ";
        }
    }
    return allow + "OPTIONS";
}

// The same bytes for a path that never was and a realm that is unknown or disabled: which it is, is nobody's business.
http::Response not_found() { return http::json_error(404, "not_found", "There is nothing at this path."); }

http::Response options(const Found& found, const http::Request& request)
{
    http::Response response;
    response.status = 204;
    response.set("Allow", allow_of(found));
    if (request.count("access-control-request-method") > 0) {
        http::add_preflight(response, found.routes[0]->cors, allow_of(found));
    }
    return response;
}

http::Response overloaded(std::string_view description)
{
    http::Response response = http::json_error(503, "temporarily_unavailable", description);
    response.set("Retry-After", "1");
    response.pause = refusal_pause;
    return response;
}

Async<Result<RealmPtr, http::Response>> find_realm(Front& front, const Route& route, const std::string& slug,
                                                   const http::Request& request)
{
    auto found = co_await front.realms.find(slug);
    RealmPtr realm;
    if (found.has_value()) {
        realm = found.value();
    } else if (route.method == Method::get) {
        // Published keys and metadata outlive the database: whoever verifies tokens must not need it.
        realm = front.realms.last_known(slug);
    }
    if (realm) {
        co_return realm;
    }
    if (found.has_value()) {
        co_return not_found();
    }
    front.metrics.count(Counter::store_failures);
    log::write(log::Level::warning, "realm_lookup_failed", request.request_id,
               {{"detail", found.error().detail}});
    http::Response response =
        http::json_error(503, "temporarily_unavailable", "The database does not answer; try again shortly.");
    response.set("Retry-After", "1");
    co_return response;
}

Async<http::Response> run(Front& front, const Route& route, std::string slug, const http::Request& request)
{
    http::Admission::Place place;
    switch (front.admission.enter(slug, place)) {
    case http::Admitted::yes: break;
    case http::Admitted::process_full:
        front.metrics.count(Counter::requests_shed_process);
        co_return overloaded("The server is working on as many requests as it can.");
    case http::Admitted::realm_full:
        front.metrics.count(Counter::requests_shed_realm);
        co_return overloaded("The server is working on as many requests of this realm as it may.");
    }
    RealmPtr realm;
    if (!slug.empty()) {
        auto found = co_await find_realm(front, route, slug, request);
        if (!found) {
            co_return std::move(found.error());
        }
        realm = std::move(found.value());
    }
    front.metrics.gauge(Gauge::requests_in_flight).add();
    struct Leave {
        LoopCounter& gauge;
        ~Leave() { gauge.subtract(); }
    } leave{front.metrics.gauge(Gauge::requests_in_flight)};
    co_return co_await route.handle(front, request, std::move(realm));
}

}  // namespace

std::span<const Route> routes() { return table; }

std::size_t body_bytes_max(const http::Request& head)
{
    const Route* route = find_routes(head.path).of(head.method);
    return route == nullptr ? no_body : route->body_bytes_max;
}

Async<http::Response> dispatch(Front& front, const http::Request& request)
{
    const Found found = find_routes(request.path);
    std::size_t index = Metrics::routes_max;
    http::Response response;
    if (found.count == 0 && !(request.path == "*" && request.method == Method::options)) {
        response = not_found();
    } else if (request.path == "*") {
        response.status = 204;
        response.set("Allow", "GET, HEAD, POST, OPTIONS");
    } else if (request.method == Method::options) {
        response = options(found, request);
    } else if (const Route* route = found.of(request.method); route == nullptr) {
        response = http::json_error(405, "method_not_allowed", "This path does not know the method.");
        response.set("Allow", allow_of(found));
    } else {
        index = static_cast<std::size_t>(route - table.data());
        response = co_await run(front, *route, std::string{found.slug}, request);
    }
    if (found.count > 0) {
        http::add_origin(response, found.routes[0]->cors);
    }
    front.metrics.observe(index, response.status,
                          std::chrono::duration_cast<Microseconds>(front.clock.tick() - request.received));
    co_return response;
}

}  // namespace tessera
