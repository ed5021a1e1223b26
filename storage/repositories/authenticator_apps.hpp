// Authenticator apps of users and the recovery codes that stand in for them. Realm scope.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct AuthenticatorApp {
    Bytes secret_sealed;
    std::int64_t last_step = 0;  // RFC 6238 T of the newest code accepted
};

Result<std::optional<AuthenticatorApp>, StoreError> find_authenticator_app(Transaction& transaction,
                                                                           UserId user);
// The code that proved the app is used up. False, and nothing is written, when the user has one: it is removed first, by who has
// proved it.
Result<bool, StoreError> insert_authenticator_app(Transaction& transaction, ProjectId project, UserId user,
                                                  const AuthenticatorApp& app, Instant now);
// True for exactly one of those who show the code of this step, and for no step before one that was accepted.
Result<bool, StoreError> consume_totp_step(Transaction& transaction, UserId user, std::int64_t step);
// With its recovery codes; false when there was none.
Result<bool, StoreError> delete_authenticator_app(Transaction& transaction, UserId user);

Result<void, StoreError> replace_recovery_codes(Transaction& transaction, ProjectId project, UserId user,
                                                const std::vector<Sha256>& digests);
// Those not used yet.
Result<int, StoreError> count_recovery_codes(Transaction& transaction, UserId user);
// True for exactly one of those who show the code.
Result<bool, StoreError> consume_recovery_code(Transaction& transaction, UserId user, const Sha256& digest,
                                               Instant now);

}  // namespace tessera::storage
