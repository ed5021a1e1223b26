// Sign, make the event durable, then answer: never a token without its event.
#pragma once

#include "daemon/oauth/token/grant.hpp"

namespace tessera::oauth {

// An RFC 9068 access token in an RFC 6749 §5.1 response. invalid_client when the client's assertion had been used before:
// then the signed token is dropped.
Async<Result<http::Response, OAuthError>> issue_access_token(const TokenRequest& request, TokenOrder order);

}  // namespace tessera::oauth
