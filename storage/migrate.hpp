// Forward-only migrations (storage/migrations/NNNN_name.sql, embedded in the binary), as tessera_owner: by a
// log-in of that role (which needs CREATEROLE for the first), or by a superuser, who becomes it.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/error.hpp"

namespace tessera::storage {

struct AppliedMigration {
    int number;
    std::string name;
    bool now;  // applied by this call
};

// Under an advisory lock, each migration in one transaction. Idempotent. Refuses a database that is ahead of
// this binary or whose applied migrations differ in content from ours (StoreFault::conflict, detail says
// which).
Result<std::vector<AppliedMigration>, StoreError> migrate(const std::string& owner_database_url);

// For doctor and /readyz, with any role: true when every migration of this binary is applied.
Result<bool, StoreError> is_current(const std::string& database_url, const std::string& role);

}  // namespace tessera::storage
