#include "daemon/login/trouble.hpp"

#include <utility>

#include "base/log.hpp"
#include "daemon/page/outcome_pages.hpp"

namespace tessera::login {

page::PageContext plain_context(const http::Request& request, const Realm& realm)
{
    page::PageContext context;
    context.project_name = realm.name;
    context.realm_path = "/realms/" + realm.project.slug;
    context.language = page::choose_language(
        "", request.find("accept-language"),
        page::language_of(realm.project.settings.default_locale).value_or(page::Language::en));
    return context;
}

http::Response error_page(const http::Request& request, const Realm& realm, int status, std::string code,
                          std::string_view description, std::string start_url)
{
    return page::render(plain_context(request, realm),
                        page::ErrorPage{status, std::move(code), std::string{description}, request.request_id,
                                        std::move(start_url)});
}

std::string_view code_of(const LoginError& error)
{
    return error.status == 503 ? "temporarily_unavailable" : "server_error";
}

http::Response trouble(const http::Request& request, const Realm& realm, std::string_view event,
                       const LoginError& error)
{
    log::write(log::Level::warning, event, request.request_id,
               {{"realm", realm.project.slug}, {"detail", error.detail}});
    http::Response response =
        error_page(request, realm, error.status, std::string{code_of(error)}, error.description);
    if (error.status == 503) {
        response.set("Retry-After", std::to_string(error.retry_after.count()));
    }
    return response;
}

}  // namespace tessera::login
