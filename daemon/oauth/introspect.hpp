// Token introspection (RFC 7662) and its signed answer (RFC 9701).
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// POST <issuer>/introspect. A client learns of tokens for the resources it answers for (ADR 0099), and of every token of the
// realm when it was allowed to; of all others, of refresh tokens and of whatever is not active it learns `{"active":false}`
// and nothing else. Signed when it accepts application/token-introspection+jwt.
Async<http::Response> introspect(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
