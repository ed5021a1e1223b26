// The token endpoint (RFC 6749 §3.2).
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// POST <issuer>/token.
Async<http::Response> token(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
