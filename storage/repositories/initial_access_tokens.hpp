// Initial access tokens (RFC 7591 §1.2), and the bounds of dynamic registration. Realm scope.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// What the token's maker says of the clients that register with it.
enum class Vouched { no, yes };

Result<void, StoreError> insert_initial_access_token(Transaction& transaction, ProjectId project,
                                                     InitialAccessTokenId id, const Sha256& digest,
                                                     std::int32_t uses, Vouched vouched, Instant expire_time);

// Whether a use of it is left, and none taken.
Result<bool, StoreError> is_initial_access_token(Transaction& transaction, const Sha256& digest, Instant now);

// Takes one use of the token with this digest. Nothing when there is none left, or no such token.
Result<std::optional<Vouched>, StoreError> consume_initial_access_token(Transaction& transaction,
                                                                        const Sha256& digest, Instant now);

// Clients that registered themselves.
Result<std::int64_t, StoreError> count_registered_clients(Transaction& transaction);

// Deletes clients that registered themselves before `before` and that nobody ever signed in with.
Result<std::size_t, StoreError> delete_unused_registered_clients(Transaction& transaction, Instant before);

}  // namespace tessera::storage
