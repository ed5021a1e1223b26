#include "daemon/http/cookie.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/assert.hpp"

namespace tessera::http {

namespace {

constexpr std::string_view attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax";

// RFC 6265 §4.1.1.
bool is_cookie_octet(char c) { return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\'; }

}  // namespace

std::string host_cookie_name(std::string_view purpose, std::string_view slug)
{
    return "__Host-tessera_" + std::string{purpose} + "_" + std::string{slug};
}

std::optional<std::string_view> find_cookie(const Request& request, std::string_view name)
{
    std::optional<std::string_view> found;
    for (const Header& header : request.headers) {
        if (!ascii::equal_ignoring_case(header.name, "cookie")) {
            continue;
        }
        std::string_view rest = header.value;
        while (!rest.empty()) {
            const std::size_t end = rest.find(';');
            const std::string_view pair = ascii::trim(rest.substr(0, end));
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            const std::size_t equals = pair.find('=');
            if (equals == std::string_view::npos || pair.substr(0, equals) != name) {
                continue;
            }
            if (found) {
                return std::nullopt;
            }
            found = pair.substr(equals + 1);
        }
    }
    return found && !found->empty() ? found : std::nullopt;
}

void set_cookie(Response& response, std::string_view name, std::string_view value,
                std::optional<Seconds> lifetime)
{
    ASSERT(std::ranges::all_of(value, is_cookie_octet));
    std::string text = std::string{name} + "=" + std::string{value} + std::string{attributes};
    if (lifetime) {
        text += "; Max-Age=" + std::to_string(lifetime->count());
    }
    response.add("Set-Cookie", std::move(text));
}

void expire_cookie(Response& response, std::string_view name)
{
    response.add("Set-Cookie", std::string{name} + "=" + std::string{attributes} + "; Max-Age=0");
}

}  // namespace tessera::http
