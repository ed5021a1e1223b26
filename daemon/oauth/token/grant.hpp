// A grant of the token endpoint: the rules of its RFC, in order, one file each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/http/request.hpp"
#include "daemon/oauth/client_auth/authenticate.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oauth/profile.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// One token request whose client is known. Owned by the endpoint's frame.
struct TokenRequest {
    Front& front;
    const http::Request& request;
    const http::Form& form;
    RealmPtr realm;
    const AuthenticatedClient& client;
    const Profile& profile;
    std::string_view grant_type;
    Instant now;

    const storage::ClientRecord& record() const { return *client.record; }
};

// What a grant decided: the endpoint signs, records and answers.
struct TokenOrder {
    std::string subject;
    std::vector<std::string> audience;  // at least one; registered URIs
    std::string scope;                  // space-separated, in code-point order; may be empty
};

struct Grant {
    std::string_view name;
    Async<Result<TokenOrder, OAuthError>> (*handle)(const TokenRequest& request);
};

// grants.cpp has the table.
std::span<const Grant> grants();
const Grant* find_grant(std::string_view name);

// RFC 6749 §4.4.
Async<Result<TokenOrder, OAuthError>> client_credentials(const TokenRequest& request);

}  // namespace tessera::oauth
