// What the endpoints that clients call have in common, beside the token endpoint: introspection, revocation.
#pragma once

#include <string_view>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/oauth/client_auth/authenticate.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// A form whose sender is known; a once-only assertion is spent.
struct ClientCall {
    http::Form form;
    AuthenticatedClient client;
    Instant now;
};

// Form only, nothing in the query, no parameter twice (RFC 6749 §3.2), `token` present, and the client authenticated as at the
// token endpoint. The error is the answer to send; refusals are in the trail, beyond a stranger's budget counted.
Async<Result<ClientCall, http::Response>> open_client_call(Front& front, const http::Request& request,
                                                           RealmPtr realm, std::string_view endpoint);

// The answer of such an endpoint to trouble of ours, logged.
http::Response unanswered(const http::Request& request, const Realm& realm, std::string_view endpoint,
                          const OAuthError& error);

}  // namespace tessera::oauth
