#include "daemon/oidc/end_session.hpp"

#include <utility>

#include "base/log.hpp"
#include "daemon/http/origin.hpp"
#include "daemon/login/login.hpp"
#include "daemon/oauth/access_token.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"
#include "daemon/oidc/frontchannel_logout.hpp"
#include "daemon/oidc/logout_request.hpp"
#include "daemon/oidc/subject.hpp"
#include "daemon/page/language.hpp"
#include "daemon/page/outcome_pages.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/logout_deliveries.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::oidc {

namespace {

using oauth::ErrorCode;
using oauth::OAuthError;
using Answer = Result<http::Response, OAuthError>;

std::string path_of(const Realm& realm) { return "/realms/" + realm.project.slug; }

page::PageContext context_of(const http::Request& request, const Realm& realm, const std::string& ui_locales)
{
    const auto& settings = realm.project.settings;
    page::PageContext context;
    context.project_name = realm.name;
    context.realm_path = path_of(realm);
    context.language =
        page::choose_language(ui_locales, request.find("accept-language"),
                              page::language_of(settings.default_locale).value_or(page::Language::en));
    return context;
}

http::Response error_page(const http::Request& request, const Realm& realm, const OAuthError& error)
{
    log::write(log::Level::info, "logout_refused", request.request_id,
               {{"realm", realm.project.slug}, {"detail", error.detail}});
    page::ErrorPage shown;
    shown.status = oauth::page_status(error.code);
    shown.code = to_string(error.code);
    shown.description = error.description;
    shown.request_id = request.request_id;
    http::Response response = page::render(context_of(request, realm, {}), shown);
    response.set("Cache-Control", "no-store");
    return response;
}

// docs/spec-map.md X-07: never 307, which would post the form again somewhere else.
http::Response redirect(const http::Request& request, const std::string& to)
{
    http::Response response;
    response.status = request.method == http::Method::post ? 303 : 302;
    response.set("Location", to);
    response.set("Cache-Control", "no-store");
    return response;
}

// The parameters of this endpoint, from wherever its method has them.
Result<http::Form, OAuthError> read_form(const http::Request& request)
{
    const bool is_post = request.method == http::Method::post;
    if (is_post && (request.media_type() != "application/x-www-form-urlencoded" || !request.query.empty())) {
        return OAuthError{ErrorCode::invalid_request, "Parameters belong in the form.", "logout: no form"};
    }
    auto form = http::Form::parse(is_post ? std::string_view{request.body} : std::string_view{request.query});
    if (!form) {
        return OAuthError{ErrorCode::invalid_request, "The request is not well-formed.",
                          "form: " + form.error().detail};
    }
    return std::move(form.value());
}

// A form posted from another site comes without our cookies (SameSite=Lax), a link does not: the same question as a link.
http::Response ask_as_link(const http::Request& request, const Realm& realm, const http::Form& form)
{
    std::string to = path_of(realm) + "/logout";
    for (const std::string_view name :
         {"id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"}) {
        if (const auto value = form.find(name)) {
            to = with_parameter(to, name, *value);
        }
    }
    return redirect(request, to);
}

// RFC 9700 §4.11.2: where nobody signed out or pressed a button, an app nobody vouches for is left to by a link that names its host.
// An ID token of its own is no proof of anything: it may have been made for this.
http::Response already_out(const http::Request& request, const Realm& realm, const LogoutRequest& asked)
{
    const page::PageContext context = context_of(request, realm, asked.ui_locales);
    page::SignedOutPage shown;
    if (asked.hint && !asked.return_uri.empty()) {
        if (asked.client->client.settings.trusted) {
            return redirect(request, asked.return_uri);
        }
        shown = {asked.return_uri, oauth::host_shown_of(asked.return_uri)};
    }
    http::Response response = page::render(context, shown);
    response.set("Cache-Control", "no-store");
    return response;
}

// Where the browser ends up. `response` may carry cookies to take away.
http::Response leave(const http::Request& request, const Realm& realm, const LogoutRequest& asked,
                     const std::vector<std::string>& frames, const http::Response& cookies)
{
    http::Response response;
    const page::PageContext context = context_of(request, realm, asked.ui_locales);
    if (!frames.empty()) {
        response = page::render(context, page::FrontChannelLogoutPage{frames, asked.return_uri});
    } else if (!asked.return_uri.empty()) {
        response = redirect(request, asked.return_uri);
    } else {
        response = page::render(context, page::SignedOutPage{});
    }
    response.set("Cache-Control", "no-store");
    for (const http::Header& header : cookies.headers) {
        response.headers.push_back(header);
    }
    return response;
}

// Everything bound to the session ends in the transaction that ends it; the clients of the back channel are told afterwards,
// by a job, and nobody waits for them here (docs/spec-map.md T-28).
Async<Answer> end(Front& front, const http::Request& request, RealmPtr realm, LogoutRequest asked,
                  SessionId session)
{
    std::vector<std::string> frames;
    auto clients = co_await transact(front, realm->project.id, [&](storage::Transaction& transaction) {
        return storage::list_frontchannel_logout_clients(transaction, session);
    });
    if (!clients) {
        co_return oauth::from_store(clients.error());
    }
    for (const ClientId id : clients.value()) {
        auto client = co_await front.realms.find_client(realm->project.id, id);
        if (!client) {
            co_return oauth::from_store(client.error());
        }
        if (client.value() && client.value()->client.settings.frontchannel_logout_uri) {
            frames.push_back(frontchannel_logout_url(*realm, client.value()->client, session));
        }
    }
    http::Response cookies;
    auto ended = co_await login::end_session(front, request, realm, session, cookies);
    if (!ended) {
        co_return oauth::from_store(ended.error());
    }
    front.access_tokens.invalidate({"revoked", realm->project.id, to_string(session.uuid)});
    co_return leave(request, *realm, asked, frames, cookies);
}

// L-02: a page of anybody's may send a browser here, so its person decides.
Async<Answer> ask(Front& front, const http::Request& request, RealmPtr realm, const LogoutRequest& asked,
                  const login::Authentication& current)
{
    auto user = co_await transact(front, realm->project.id, [&](storage::Transaction& transaction) {
        return storage::find_user(transaction, current.user);
    });
    if (!user) {
        co_return oauth::from_store(user.error());
    }
    page::PageContext context = context_of(request, *realm, asked.ui_locales);
    context.form.action = path_of(*realm) + "/logout/confirm";
    context.form.hidden = {{"session", current.session.to_string()}, {"ui_locales", asked.ui_locales}};
    page::LogoutConfirmPage shown;
    shown.username = user.value() ? user.value()->settings.email : std::string{};
    if (asked.client) {
        shown.client_name = asked.client->client.settings.display_name;
        context.form.hidden.push_back({"client_id", asked.client->client.id.to_string()});
        context.form.hidden.push_back({"post_logout_redirect_uri", asked.post_logout_redirect_uri});
        context.form.hidden.push_back({"state", asked.state});
        context.redirect_targets = {asked.post_logout_redirect_uri};
    }
    http::Response response = page::render(context, shown);
    response.set("Cache-Control", "no-store");
    co_return response;
}

Async<Answer> answer(Front& front, const http::Request& request, RealmPtr realm)
{
    CO_TRY(auto&& form, read_form(request));
    CO_TRY(auto&& asked, co_await read_logout_request(front, realm, form));
    auto current = co_await login::current_session(front, request, realm);
    if (!current) {
        co_return oauth::from_store(current.error());
    }
    if (!current.value()) {
        if (request.method == http::Method::post) {
            co_return ask_as_link(request, *realm, form);
        }
        co_return already_out(request, *realm, asked);
    }
    const login::Authentication& session = *current.value();
    if (asked.hint && asked.hint->sid == sid_of(*realm, asked.client->client, session.session)) {
        co_return co_await end(front, request, realm, std::move(asked), session.session);
    }
    co_return co_await ask(front, request, realm, asked, session);
}

Async<Answer> confirmed(Front& front, const http::Request& request, RealmPtr realm)
{
    if (!http::is_from_own_page(request, front.settings.text("issuer-base"))) {
        co_return OAuthError{ErrorCode::invalid_request, "The form was not sent from a page of this site.",
                             "logout confirmed from elsewhere"};
    }
    CO_TRY(auto&& form, read_form(request));
    CO_TRY(auto&& asked, co_await read_logout_request(front, realm, form));
    auto current = co_await login::current_session(front, request, realm);
    if (!current) {
        co_return oauth::from_store(current.error());
    }
    if (!current.value()) {
        co_return leave(request, *realm, asked, {}, {});
    }
    const SessionId session = current.value()->session;
    if (form.find("do") == page::act::cancel) {
        co_return redirect(request, path_of(*realm) + "/account");
    }
    // The page was about a session that has ended meanwhile: ask about the one there is.
    if (form.find("session") != session.to_string()) {
        co_return co_await ask(front, request, realm, asked, *current.value());
    }
    co_return co_await end(front, request, realm, std::move(asked), session);
}

http::Response settle(const http::Request& request, const Realm& realm, Answer answered)
{
    return answered ? std::move(answered.value()) : error_page(request, realm, answered.error());
}

}  // namespace

Async<http::Response> end_session(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await answer(front, request, realm);
    co_return settle(request, *realm, std::move(answered));
}

Async<http::Response> confirm_end_session(Front& front, const http::Request& request, RealmPtr realm)
{
    auto answered = co_await confirmed(front, request, realm);
    co_return settle(request, *realm, std::move(answered));
}

}  // namespace tessera::oidc
