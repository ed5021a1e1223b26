#include "daemon/oauth/authorize/response.hpp"

#include "daemon/http/form.hpp"
#include "daemon/page/language.hpp"
#include "daemon/page/outcome_pages.hpp"

namespace tessera::oauth {

namespace {

http::Response form_post(const AuthorizeContext& context, const Parameters& parameters)
{
    page::FormPostPage shown;
    shown.target = context.request.redirect_uri;
    for (const auto& [name, value] : parameters) {
        shown.fields.push_back({std::string{name}, value});
    }
    page::PageContext page = page_context(context);
    page.redirect_targets = {context.request.redirect_uri};
    return page::render(page, shown);
}

// RFC 9700 §4.11.2: an app nobody vouches for could make us send people anywhere. It hears of what its person decided, and of
// nothing that happens before a person did anything.
bool is_unattended_redirect_safe(const AuthorizeContext& context)
{
    return context.entry == Entry::resume || context.settings().trusted
           || context.profile->refusal_redirect == RefusalRedirect::always;
}

}  // namespace

std::string with_query(std::string_view uri, const Parameters& parameters)
{
    std::string url{uri};
    char separator = uri.find('?') == std::string_view::npos ? '?' : '&';
    if (uri.ends_with('?') || uri.ends_with('&')) {
        separator = '\0';
    }
    for (const auto& [name, value] : parameters) {
        if (separator != '\0') {
            url += separator;
        }
        url += name;
        url += '=';
        url += http::form_encode(value);
        separator = '&';
    }
    return url;
}

page::PageContext page_context(const AuthorizeContext& context)
{
    const auto& settings = context.realm->project.settings;
    page::PageContext page;
    page.project_name = context.realm->name;
    page.realm_path = context.path();
    page.language =
        page::choose_language(context.request.ui_locales.value_or(""), context.http.find("accept-language"),
                              page::language_of(settings.default_locale).value_or(page::Language::en));
    return page;
}

http::Response error_page(const AuthorizeContext& context, const OAuthError& error)
{
    page::ErrorPage shown;
    shown.status = page_status(error.code);
    shown.code = to_string(error.code);
    shown.description = error.description;
    shown.request_id = context.http.request_id;
    http::Response response = page::render(page_context(context), shown);
    response.set("Cache-Control", "no-store");
    return response;
}

http::Response authorization_response(const AuthorizeContext& context, Parameters parameters)
{
    if (context.request.state) {
        parameters.emplace_back("state", *context.request.state);
    }
    parameters.emplace_back("iss", context.realm->issuer);
    if (context.request.response_mode == "form_post") {
        http::Response response = form_post(context, parameters);
        response.set("Cache-Control", "no-store");
        return response;
    }
    std::string url = with_query(context.request.redirect_uri, parameters);
    if (url.size() > response_url_bytes_max) {
        return error_page(context, {ErrorCode::invalid_request, "The answer would be too long for a URL.",
                                    "response URL too long"});
    }
    http::Response response;
    // docs/spec-map.md X-07: after a form 303, never 307, which would send the form on.
    response.status = context.http.method == http::Method::post ? 303 : 302;
    response.set("Location", std::move(url));
    response.set("Cache-Control", "no-store");
    response.set("Referrer-Policy", "no-referrer");
    return response;
}

bool is_told_to_client(const AuthorizeContext& context, const AuthorizeRefusal& refusal)
{
    return refusal.tell == Tell::by_rule && !context.request.redirect_uri.empty()
           && is_unattended_redirect_safe(context);
}

http::Response refusal_response(const AuthorizeContext& context, const AuthorizeRefusal& refusal)
{
    if (!is_told_to_client(context, refusal)) {
        return error_page(context, refusal.error);
    }
    return authorization_response(context, {{"error", std::string{to_string(refusal.error.code)}},
                                            {"error_description", std::string{refusal.error.description}}});
}

}  // namespace tessera::oauth
