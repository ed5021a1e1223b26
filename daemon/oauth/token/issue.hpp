// Sign, make the event durable, then answer: never a token without its event.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/oauth/token/grant.hpp"

namespace tessera::oauth {

// An RFC 9068 access token in an RFC 6749 §5.1 response; for a person also the refresh token, and the ID token when openid was
// authorized. A person's order is recorded already, and released when it cannot be signed. invalid_client when the client's
// assertion had been used before: then the signed token is dropped.
Async<Result<http::Response, OAuthError>> issue_tokens(const TokenRequest& request, TokenOrder order);

// The client's, else the project's.
std::int64_t access_token_lifetime_s(const TokenRequest& request);

// 128 bits: unique without a look-up.
std::string random_jti();

}  // namespace tessera::oauth
