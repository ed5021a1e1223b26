// A grant of the token endpoint: the rules of its RFC, in order, one file each.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/http/request.hpp"
#include "daemon/oauth/client_auth/authenticate.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oauth/profile.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/token_families.hpp"

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

struct TokenOrder;

// A person's token: whose, and what was consumed and recorded for it in the grant's own transaction.
struct PersonOrder {
    storage::TokenFamily family;
    std::string jti;              // as recorded
    std::string refresh_token{};  // empty: none is sent
    // Gives back what was consumed when the token cannot be signed.
    Async<void> (*release)(const TokenRequest& request, const TokenOrder& order) = nullptr;
    Sha256 consumed{};                       // digest of the code or refresh token
    std::optional<Sha256> refresh_digest{};  // of a refresh token that came with a code
};

// What a grant decided: the endpoint signs, records and answers.
struct TokenOrder {
    std::string subject;
    std::vector<std::string> audience;    // at least one; registered URIs
    std::string scope;                    // space-separated, in code-point order; may be empty
    std::optional<PersonOrder> person{};  // nothing: a client's own token
};

struct Grant {
    std::string_view name;
    Async<Result<TokenOrder, OAuthError>> (*handle)(const TokenRequest& request);
};

// grants.cpp has the table.
std::span<const Grant> grants();
const Grant* find_grant(std::string_view name);

// RFC 6749 §4.1.3.
Async<Result<TokenOrder, OAuthError>> authorization_code(const TokenRequest& request);
// RFC 6749 §6.
Async<Result<TokenOrder, OAuthError>> refresh_token(const TokenRequest& request);
// RFC 6749 §4.4.
Async<Result<TokenOrder, OAuthError>> client_credentials(const TokenRequest& request);

}  // namespace tessera::oauth
