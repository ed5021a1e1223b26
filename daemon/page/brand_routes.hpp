// What a project's pages load that is the project's own.
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::page {

// GET <realm>/brand.css: colours and the logo's place, by ETag; kept for five minutes. Empty when nothing was set. 503 while
// the database does not answer: the page then has Tessera's own look.
Async<http::Response> brand_style(Front& front, const http::Request& request, RealmPtr realm);

// GET <realm>/brand/logo.png, <realm>/brand/logo-dark.png. Kept for a day: their address changes with their content.
Async<http::Response> brand_logo(Front& front, const http::Request& request, RealmPtr realm);
Async<http::Response> brand_dark_logo(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::page
