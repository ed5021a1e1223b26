#include "daemon/audit/jobs.hpp"

#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"

namespace tessera::audit {

namespace {

constexpr std::size_t positions_per_statement = 10'000;
constexpr std::size_t statements_per_step = 10;
constexpr std::size_t purge_per_statement = 5'000;
constexpr Seconds purge_period{60};

Result<std::size_t, storage::StoreError> position(storage::Pool& system_pool)
{
    std::size_t total = 0;
    for (std::size_t i = 0; i < statements_per_step; ++i) {
        TRY(const std::size_t positioned,
            storage::sequence_audit_events(system_pool, positions_per_statement));
        total += positioned;
        if (positioned < positions_per_statement) {
            break;
        }
    }
    return total;
}

// In the log it shortened, so that whoever reads the log learns why it does not begin at 1.
storage::AuditRow record_of(const storage::Purged& purged, Instant now)
{
    Event event{.type = EventType::audit_purged};
    event.project = purged.project;
    event.authority = "policy=retention";
    event.body = {
        {"count", purged.events}, {"last_position", purged.last_position}, {"before", to_rfc3339(now)}};
    return to_row(event, now);
}

}  // namespace

Result<JobReport, storage::StoreError> run_jobs(JobState& state, storage::Pool& system_pool,
                                                const Clock& clock)
{
    JobReport report;
    TRY(report.positioned, position(system_pool));
    const Instant now = clock.now();
    if (now < state.purge_next) {
        return report;
    }
    TRY(const std::size_t forgotten, storage::purge_once_values(system_pool, now, purge_per_statement));
    TRY(report.purged,
        storage::purge_audit_events(system_pool, now, purge_per_statement,
                                    [now](const storage::Purged& purged) { return record_of(purged, now); }));
    // A full statement means that more is waiting: go on at the next step.
    const bool more = report.purged == purge_per_statement || forgotten == purge_per_statement;
    state.purge_next = more ? now : now + purge_period;
    if (report.purged > 0) {
        log::info("audit_purged", {{"events", report.purged}});
    }
    return report;
}

}  // namespace tessera::audit
