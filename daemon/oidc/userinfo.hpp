// The UserInfo endpoint (OpenID Connect Core §5.3), a resource of our own: RFC 6750.
#pragma once

#include <optional>
#include <string>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oidc {

// GET and POST <issuer>/userinfo.
Async<http::Response> userinfo(Front& front, const http::Request& request, RealmPtr realm);

// RFC 6750 §2.1, §2.2: the token of the header or of the form; nothing when there is none. An error when it is sent twice, in two
// ways, or in a form no token has. A token in the query is none: URLs are logged. Fuzzed.
struct BearerFault {
    std::string_view description;  // public
};
Result<std::optional<std::string>, BearerFault> find_bearer_token(const http::Request& request);

}  // namespace tessera::oidc
