// RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oidc {

// GET and POST <issuer>/logout. Ends the browser's session at once when the hint is of that very session; asks its person
// otherwise, because any page may send a browser here. Leaves for a registered post_logout_redirect_uri of the client the hint
// was for, or of the one named when the person confirmed; stays on a page of ours in every other case.
Async<http::Response> end_session(Front& front, const http::Request& request, RealmPtr realm);

// POST <issuer>/logout/confirm: the answer to that question, from our own page only.
Async<http::Response> confirm_end_session(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oidc
