// What is over is deleted: the one list of rows that end by themselves.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "storage/error.hpp"
#include "storage/pool.hpp"

namespace tessera::storage {

// In the order of the statements. What hangs on a row goes with it.
std::span<const std::string_view> expiring_tables();

// Deletes at most `limit` rows of that table that have been over for as long as it keeps them, the oldest first, in a
// transaction of its own. Rows somebody else holds are left for later: it waits for nobody and nobody waits for more than
// `limit` rows. System scope. Returns how many.
Result<std::size_t, StoreError> delete_expired(Pool& system_pool, std::string_view table, std::size_t limit);

}  // namespace tessera::storage
