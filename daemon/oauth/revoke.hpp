// Token revocation (RFC 7009).
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// POST <issuer>/revoke. A refresh token ends with everything issued from the same authorization; an access token ends alone
// (ADR 0100). 200 for what is no token of ours or has ended, 400 unauthorized_client for another client's.
Async<http::Response> revoke(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
