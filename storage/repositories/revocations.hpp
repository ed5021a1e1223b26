// What ended before its time, and whether a token still stands. Realm scope throughout.
//
// What ends with a session, a user or a consent needs no call: triggers of the schema end it in the same transaction
// (docs/adr/0098-what-ends-together-ends-in-the-database.md).
#pragma once

#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// Everything an access token depends on, as it is now.
struct Standing {
    bool ended =
        false;  // revoked, disabled or gone: the token, its family, session, client, user or organization
    // Of the token's family; nothing for a client's own token.
    std::optional<UserId> user;
    std::optional<OrganizationId> organization;
    std::optional<SessionId> session;
    bool offline = false;                  // outlives its session
    bool has_claims_parameter = false;     // claims were asked for by name: find_family_claims
    std::optional<Instant> expire_time{};  // of the family, and of the session it is bound to
};

// In one statement. `family` of a token that has one; a family that is gone has ended.
Result<Standing, StoreError> find_standing(Transaction& transaction, const std::string& jti, ClientId client,
                                           std::optional<TokenFamilyId> family);

// The token with this jti is revoked until it would have expired. Idempotent; every front is told.
Result<void, StoreError> revoke_access_token(Transaction& transaction, ProjectId project,
                                             const std::string& jti, Instant expire_time);

// A refresh token as the revocation endpoint sees it.
struct RefreshTokenOwner {
    TokenFamilyId family;
    ClientId client;
};
// By the SHA-256 of its text; rotated and expired ones too, as long as they are kept.
Result<std::optional<RefreshTokenOwner>, StoreError> find_refresh_token_owner(Transaction& transaction,
                                                                              const Sha256& digest);

// Ends a family: its codes, refresh tokens and access tokens with it. False when it had ended before or is unknown.
Result<bool, StoreError> end_family(Transaction& transaction, TokenFamilyId family,
                                    const std::string& reason);
// Whatever this client holds of the person. How many families that were.
Result<std::size_t, StoreError> end_families_of_client(Transaction& transaction, UserId user, ClientId client,
                                                       const std::string& reason);
// Everything any client was ever given for this person, with offline_access or not.
Result<void, StoreError> end_families_of(Transaction& transaction, UserId user, const std::string& reason);

}  // namespace tessera::storage
