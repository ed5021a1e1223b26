#include "daemon/page/assets.hpp"

#include <string>

#include "daemon/page/embedded.hpp"

namespace tessera::page {

http::Response serve_asset(const http::Request& request)
{
    const std::string_view path = request.path;
    const std::string_view name = path.substr(path.rfind('/') + 1);
    for (const Asset& asset : embedded_assets()) {
        if (asset.name != name) {
            continue;
        }
        const bool is_named = request.query == "v=" + std::string{asset.version};
        const std::string etag = '"' + std::string{asset.version} + '"';
        http::Response response;
        response.set("Content-Type", std::string{asset.type});
        response.set("Cache-Control", is_named ? "public, max-age=31536000, immutable" : "no-cache");
        response.set("ETag", etag);
        response.set("Cross-Origin-Resource-Policy", "same-origin");
        if (request.find("if-none-match") == etag) {
            response.status = 304;
        } else {
            response.body = asset.content;
        }
        return response;
    }
    return http::json_error(404, "not_found", "There is nothing at this path.");
}

Async<http::Response> assets(Front&, const http::Request& request, RealmPtr)
{
    co_return serve_asset(request);
}

}  // namespace tessera::page
