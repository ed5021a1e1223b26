// The hosted sign-in's pages.
#pragma once

#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

namespace tessera::login {

// GET /realms/{slug}/login?flow=…: the page of the step the flow stands at; `link` is the secret of a mailed link.
Async<http::Response> show_login(Front& front, const http::Request& request, RealmPtr realm);
// POST: the answer to a step. 303 to the next page, or the same page with what is wrong.
Async<http::Response> take_login(Front& front, const http::Request& request, RealmPtr realm);

// /realms/{slug}/account: the signed-in person's security page; who is not signed in signs in first.
Async<http::Response> show_account(Front& front, const http::Request& request, RealmPtr realm);
Async<http::Response> take_account(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::login
