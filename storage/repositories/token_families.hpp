// Families of tokens: everything issued from one authorization lives and ends together. Issued with their code
// (authorization_codes.hpp), ended by revocations.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct TokenFamily {
    TokenFamilyId id;
    ClientId client;
    UserId user;
    OrganizationId organization;
    SessionId session;
    std::string redirect_uri;
    std::string scope;                   // space-separated, in code-point order
    std::vector<std::string> resources;  // registered URIs; at least one
    std::optional<std::string> nonce;
    std::optional<std::string> claims;  // the parameter of OpenID Connect Core §5.5, as it was checked
    Instant auth_time;
    std::vector<std::string> amr;
    std::string acr;
    bool auth_time_asked = false;  // by max_age or the client; the ID token always tells auth_time
    bool offline = false;          // survives the session
    Instant create_time;
    Instant expire_time;
};

// The claims parameter the family was authorized with; nothing when there was none. Realm scope.
Result<std::optional<std::string>, StoreError> find_family_claims(Transaction& transaction, TokenFamilyId id);

// What a client holds of a person who was never asked: tokens that outlive every session.
struct UnaskedAccess {
    ClientId client;
    std::vector<std::string> scopes;  // of all of them
    Instant since;                    // of the newest
};
// Newest first. Realm scope.
Result<std::vector<UnaskedAccess>, StoreError> list_unasked_access(Transaction& transaction, UserId user,
                                                                   Instant now);

}  // namespace tessera::storage
