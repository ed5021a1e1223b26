#include "daemon/jobs/expiry.hpp"

#include "storage/repositories/expiry.hpp"

namespace tessera::jobs {

namespace {

constexpr Seconds round_every{60};

}  // namespace

Result<ExpiryStep, storage::StoreError> run_expiry(ExpiryState& state, storage::Pool& system_pool,
                                                   const Clock& clock)
{
    const Tick now = clock.tick();
    if (state.table == 0 && now < state.next) {
        return ExpiryStep{};
    }
    const auto tables = storage::expiring_tables();
    const auto deleted = storage::delete_expired(system_pool, tables[state.table], expiry_batch);
    if (!deleted) {
        state = {0, now + round_every};
        return deleted.error();
    }
    if (deleted.value() == expiry_batch) {
        return ExpiryStep{deleted.value(), true};
    }
    if (++state.table < tables.size()) {
        return ExpiryStep{deleted.value(), true};
    }
    state = {0, now + round_every};
    return ExpiryStep{deleted.value(), false};
}

}  // namespace tessera::jobs
