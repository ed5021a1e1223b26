// How often something happened in a window, counted exactly and shared by every front. Realm scope.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct RateCount {
    std::int32_t count = 0;  // this one included
    Instant window_end;
};

// Counts one more of `what` ("password|alice@example.com"; stored as its digest). A window begins with the first one.
Result<RateCount, StoreError> count_event(Transaction& transaction, ProjectId project, std::string_view what,
                                          Seconds window, Instant now);
// Takes one back; what is not counted stays so.
Result<void, StoreError> uncount_event(Transaction& transaction, std::string_view what);
// Forgets what was counted.
Result<void, StoreError> reset_count(Transaction& transaction, std::string_view what);

}  // namespace tessera::storage
