// Cookies (RFC 6265bis): read strictly, written with the __Host- prefix only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

namespace tessera::http {

// "__Host-tessera_<purpose>_<slug>": bound to this host, Secure, for the whole host; the realm is in the name.
std::string host_cookie_name(std::string_view purpose, std::string_view slug);

// The value of a cookie; nothing when it is absent, empty, or sent more than once (somebody planted the other one).
std::optional<std::string_view> find_cookie(const Request& request, std::string_view name);

// Adds Set-Cookie: Path=/; Secure; HttpOnly; SameSite=Lax. `value` has cookie-octets only (ASSERT). Without `lifetime` it ends
// with the browser.
void set_cookie(Response& response, std::string_view name, std::string_view value,
                std::optional<Seconds> lifetime = {});
void expire_cookie(Response& response, std::string_view name);

}  // namespace tessera::http
