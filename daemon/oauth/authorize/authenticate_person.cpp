#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "daemon/login/acr.hpp"
#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

namespace {

constexpr int http_see_other = 303;

// The first of the values we know, in the client's order.
std::string first_known(const std::vector<std::string>& values)
{
    const auto found = std::ranges::find_if(values, [](const std::string& each) {
        return std::ranges::find(login::acr::values, each) != login::acr::values.end();
    });
    return found == values.end() ? std::string{} : *found;
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        parts.emplace_back(text.substr(0, space));
        text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
    }
    return parts;
}

std::string wanted_acr(const AuthorizeContext& context)
{
    if (!context.claims.essential_acr.empty()) {
        return first_known(context.claims.essential_acr);
    }
    auto values = split(context.request.acr_values.value_or(""));
    values.insert(values.end(), context.claims.voluntary_acr.begin(), context.claims.voluntary_acr.end());
    return first_known(values);
}

// OpenID Connect Core §5.5.1.1: essential, and we do not know it or the person cannot reach it.
AuthorizeRefusal unmet()
{
    return {{ErrorCode::unmet_authentication_requirements,
             "The person could not sign in the way that was asked for.", "acr not reached"}};
}

// Asked for anew whoever is signed in: only on the way in, for who comes back has been asked.
bool is_choice_wanted(const AuthorizeContext& context)
{
    return context.entry == Entry::authorize
           && (context.has_prompt("select_account") || context.has_prompt("create"));
}

// acr_values are a wish (§3.1.2.1): who cannot or does not want to is signed in all the same.
bool is_enough(const AuthorizeContext& context, const login::Authentication& current, login::Wanted wanted)
{
    const bool may_fall_short = context.claims.essential_acr.empty()
                                && (context.entry == Entry::resume || context.has_prompt("none"));
    if (may_fall_short) {
        wanted.acr.clear();
    }
    return login::satisfies(current, wanted);
}

// Who comes back without what was asked for gave up, or is somebody else.
AuthorizeRefusal not_satisfied(const AuthorizeContext& context,
                               const std::optional<login::Authentication>& current,
                               const login::Wanted& wanted)
{
    if (context.has_prompt("none")) {
        return {{ErrorCode::login_required, "Nobody is signed in as it was asked for.", "prompt none"}};
    }
    if (current && wanted.user && *wanted.user != current->user) {
        return {{ErrorCode::login_required, "Another person signed in.", "not the person of the hint"}};
    }
    if (current && !wanted.acr.empty() && (!wanted.since || *wanted.since <= current->auth_time)) {
        return unmet();
    }
    return {{ErrorCode::access_denied, "The person did not sign in.", "sign-in given up"}};
}

// The browser's cookie may be so new that the browser has not sent it yet: sign-in is to be bound to the same one.
http::Request with_cookies(const http::Request& request, const http::Response& cookies)
{
    http::Request seen = request;
    for (const http::Header& header : cookies.headers) {
        const std::string pair = header.value.substr(0, header.value.find(';'));
        const auto sent = std::ranges::find_if(seen.headers, [](const http::Header& each) {
            return ascii::equal_ignoring_case(each.name, "cookie");
        });
        if (sent == seen.headers.end()) {
            seen.headers.push_back({"Cookie", pair});
        } else {
            sent->value += "; " + pair;
        }
    }
    return seen;
}

}  // namespace

login::Wanted wanted_of(const AuthorizeContext& context)
{
    const storage::AuthorizationRequest& request = context.request;
    login::Wanted wanted;
    wanted.return_path = "/authorize/resume?request=" + request.id.to_string();
    wanted.redirect_target = request.redirect_uri;
    wanted.client_name = context.settings().display_name;
    wanted.user = request.hinted_user;
    const Instant begun = context.stored == AuthorizeContext::Stored::yes ? request.create_time : context.now;
    if (context.has_prompt("login") || context.has_prompt("create") || request.max_age_s == 0) {
        wanted.since = begun;
    } else if (request.max_age_s) {
        wanted.since = begun - Seconds{*request.max_age_s};
    }
    wanted.acr = wanted_acr(context);
    wanted.login_hint = request.login_hint.value_or("");
    wanted.ui_locales = request.ui_locales.value_or("");
    if (context.has_prompt("create")) {
        wanted.page = login::Wanted::Page::sign_up;
    } else if (context.has_prompt("select_account")) {
        wanted.page = login::Wanted::Page::select_account;
    }
    return wanted;
}

Async<Outcome> authenticate_person(AuthorizeContext& context)
{
    login::Wanted wanted = wanted_of(context);
    if (!context.claims.essential_acr.empty() && wanted.acr.empty()) {
        co_return unmet();
    }
    auto current = co_await login::current_session(context.front, context.http, context.realm);
    if (!current) {
        co_return AuthorizeRefusal{from_store(current.error())};
    }
    if (current.value() && !is_choice_wanted(context) && is_enough(context, *current.value(), wanted)) {
        context.session = std::move(current.value());
        co_return go_on();
    }
    if (context.entry == Entry::resume || context.has_prompt("none")) {
        co_return not_satisfied(context, current.value(), wanted);
    }
    name_request(context);
    wanted.return_path = "/authorize/resume?request=" + context.request.id.to_string();
    const http::Request seen = with_cookies(context.http, context.cookies);
    auto begun = co_await login::begin(context.front, seen, context.realm, std::move(wanted));
    if (!begun) {
        co_return AuthorizeRefusal{from_store(begun.error())};
    }
    // Sign-ins begun are counted: who is over the limit leaves no row behind either.
    if (begun.value().status == http_see_other) {
        CO_TRY(co_await store_request(context));
    }
    co_return std::optional{std::move(begun.value())};
}

}  // namespace tessera::oauth
