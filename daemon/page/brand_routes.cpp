#include "daemon/page/brand_routes.hpp"

#include <string>
#include <utility>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "daemon/page/branding.hpp"
#include "daemon/page/logo.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/branding.hpp"

namespace tessera::page {

namespace {

using Found = Result<std::optional<storage::Branding>, storage::StoreError>;

std::string version_of(ByteView content) { return base64url_encode(ByteView{sha256(content)}.first(12)); }

std::optional<Branding::Logo> logo_at(std::string path, const std::optional<Bytes>& png)
{
    const auto size = png ? size_of_logo(*png) : std::nullopt;
    if (!size) {
        return std::nullopt;
    }
    return Branding::Logo{std::move(path) + "?v=" + version_of(*png), size->width, size->height};
}

Branding look_of(const storage::Branding& stored)
{
    Branding look;
    look.primary = parse_colour(stored.primary_color.value_or(""));
    look.accent = parse_colour(stored.accent_color.value_or(""));
    look.logo = logo_at("brand/logo.png", stored.logo_png);
    look.dark_logo = logo_at("brand/logo-dark.png", stored.logo_dark_png);
    return look;
}

Async<Found> find(Front& front, ProjectId project)
{
    co_return co_await transact(front, project, [project](storage::Transaction& transaction) {
        return storage::find_branding(transaction, project);
    });
}

http::Response unavailable(const http::Request& request, const storage::StoreError& error)
{
    log::write(log::Level::warning, "branding_not_read", request.request_id, {{"detail", error.detail}});
    http::Response response =
        http::json_error(503, "temporarily_unavailable", "The database does not answer; try again shortly.");
    response.set("Retry-After", "1");
    return response;
}

http::Response cacheable(const http::Request& request, std::string_view type, std::string content,
                         std::string_view kept)
{
    const std::string etag = '"' + version_of(as_bytes(content)) + '"';
    http::Response response;
    response.set("Content-Type", std::string{type});
    response.set("Cache-Control", std::string{kept});
    response.set("ETag", etag);
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    if (request.find("if-none-match") == etag) {
        response.status = 304;
    } else {
        response.body = std::move(content);
    }
    return response;
}

http::Response logo_response(const http::Request& request, const std::optional<Bytes>& png)
{
    if (!png) {
        return http::json_error(404, "not_found", "There is nothing at this path.");
    }
    return cacheable(request, "image/png", std::string{as_text(*png)}, "public, max-age=86400");
}

}  // namespace

Async<http::Response> brand_style(Front& front, const http::Request& request, RealmPtr realm)
{
    auto found = co_await find(front, realm->project.id);
    if (!found) {
        co_return unavailable(request, found.error());
    }
    const Branding look = found.value() ? look_of(*found.value()) : Branding{};
    co_return cacheable(request, "text/css; charset=utf-8", brand_css(look), "public, max-age=300");
}

Async<http::Response> brand_logo(Front& front, const http::Request& request, RealmPtr realm)
{
    auto found = co_await find(front, realm->project.id);
    if (!found) {
        co_return unavailable(request, found.error());
    }
    co_return logo_response(request, found.value() ? found.value()->logo_png : std::nullopt);
}

Async<http::Response> brand_dark_logo(Front& front, const http::Request& request, RealmPtr realm)
{
    auto found = co_await find(front, realm->project.id);
    if (!found) {
        co_return unavailable(request, found.error());
    }
    co_return logo_response(request, found.value() ? found.value()->logo_dark_png : std::nullopt);
}

}  // namespace tessera::page
