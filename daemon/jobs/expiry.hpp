// Deletes what is over, a little at a time. Safe on many nodes: a row somebody works on is left alone.
#pragma once

#include <cstddef>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "storage/error.hpp"
#include "storage/pool.hpp"

namespace tessera::jobs {

// A batch is one transaction: no request waits for more rows than this.
inline constexpr std::size_t expiry_batch = 1'000;

struct ExpiryState {
    std::size_t table = 0;  // whose turn it is
    Tick next{};            // not before
};

struct ExpiryStep {
    std::size_t deleted = 0;
    bool more = false;  // something is left: take the next step after a short pause
};

// One batch of one table, or nothing when it is too early. Blocking: on a thread of its own. All tables once a minute; a table
// with a full batch has its turn again before the next one. After an error the round begins anew a minute later.
Result<ExpiryStep, storage::StoreError> run_expiry(ExpiryState& state, storage::Pool& system_pool,
                                                   const Clock& clock);

}  // namespace tessera::jobs
