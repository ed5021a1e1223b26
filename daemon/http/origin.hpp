// Whether a browser sent a form from one of our own pages.
#pragma once

#include <string_view>

#include "daemon/http/request.hpp"

namespace tessera::http {

// True when the browser does not say that the request comes from another site: Sec-Fetch-Site is same-origin or none when it
// is sent; otherwise Origin equals `own_origin` ("https://id.example.com") when it is sent. "null" is another origin. Who
// sends neither has no cookie from a page of somebody else either (SameSite=Lax).
bool is_from_own_page(const Request& request, std::string_view own_origin);

}  // namespace tessera::http
