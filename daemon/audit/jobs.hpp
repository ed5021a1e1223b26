// The audit trail's background steps: final positions, retention. Safe on many nodes: the database decides who works.
#pragma once

#include <cstddef>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "storage/error.hpp"
#include "storage/pool.hpp"

namespace tessera::audit {

struct JobState {
    Instant purge_next;  // not before; the epoch = at once
};

struct JobReport {
    std::size_t positioned = 0;
    std::size_t purged = 0;
};

// One step. Blocking: call it on a pool thread, about every second, from one thread at a time. Gives positions to what can
// have one, and once a minute deletes what its realm's retention lets go and the once-only values that have expired; a purge of events is itself an audit event. An error means
// that the step was cut short and the next one continues.
Result<JobReport, storage::StoreError> run_jobs(JobState& state, storage::Pool& system_pool,
                                                const Clock& clock);

}  // namespace tessera::audit
