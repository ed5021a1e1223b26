// Authorization requests that wait for their person (RFC 6749 §4.1.1), as they were validated. Realm scope. One is found by its
// id and only in the browser that began it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct AuthorizationRequest {
    AuthorizationRequestId id;
    Sha256 browser_digest{};
    ClientId client;
    std::string redirect_uri;
    std::string response_mode;  // "query" or "form_post"
    std::optional<std::string> state;
    std::string scope;                   // what may be granted of what was asked for
    std::vector<std::string> resources;  // registered URIs
    std::optional<std::string> nonce;
    std::optional<std::string> code_challenge;
    std::vector<std::string> prompt;
    std::optional<std::int64_t> max_age_s;
    std::optional<std::string> acr_values;
    std::optional<std::string> claims;
    std::optional<std::string> login_hint;
    std::optional<UserId> hinted_user;
    std::optional<std::string> ui_locales;
    std::optional<std::string> display;
    Instant create_time;
    Instant expire_time;
    std::optional<UserId> consent_user;  // who allowed it in this very request
    bool is_finished = false;
};

Result<void, StoreError> insert_authorization_request(Transaction& transaction, ProjectId project,
                                                      const AuthorizationRequest& request);
// Finished and expired ones too.
Result<std::optional<AuthorizationRequest>, StoreError>
find_authorization_request(Transaction& transaction, AuthorizationRequestId id, const Sha256& browser_digest);
// False when it was answered before or has expired.
Result<bool, StoreError> allow_authorization_request(Transaction& transaction, AuthorizationRequestId id,
                                                     UserId user, Instant now);
// Once: false when it was answered before or has expired.
Result<bool, StoreError> finish_authorization_request(Transaction& transaction, AuthorizationRequestId id,
                                                      Instant now);

}  // namespace tessera::storage
