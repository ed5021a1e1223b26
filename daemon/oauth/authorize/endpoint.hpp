// The authorization endpoint (RFC 6749 §3.1) and the consent page.
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// GET <issuer>/authorize.
Async<http::Response> authorize(Front& front, const http::Request& request, RealmPtr realm);
// POST <issuer>/authorize (OpenID Connect Core §3.1.2.1): the same request as a link. A form that another site posts comes without
// our cookies (SameSite=Lax), a link that is followed comes with them.
Async<http::Response> authorize_by_form(Front& front, const http::Request& request, RealmPtr realm);
// GET <issuer>/authorize/resume?request=…: its person is back from our pages.
Async<http::Response> resume_authorization(Front& front, const http::Request& request, RealmPtr realm);

// GET <issuer>/consent?request=…
Async<http::Response> show_consent(Front& front, const http::Request& request, RealmPtr realm);
// POST: do=allow, do=deny or do=another.
Async<http::Response> take_consent(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
