// Password hashes of users. Realm scope.
#pragma once

#include <optional>
#include <string>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

Result<std::optional<std::string>, StoreError> find_password_hash(Transaction& transaction, UserId user);
// Sets or replaces.
Result<void, StoreError> put_password_hash(Transaction& transaction, ProjectId project, UserId user,
                                           const std::string& hash, Instant now);
// The same password under better parameters: only if nobody changed it meanwhile.
Result<bool, StoreError> rehash_password(Transaction& transaction, UserId user, const std::string& old_hash,
                                         const std::string& new_hash);

}  // namespace tessera::storage
