#include "daemon/commands/background.hpp"

#include "base/log.hpp"
#include "daemon/audit/jobs.hpp"
#include "daemon/commands/serve_options.hpp"

namespace tessera {

namespace {

constexpr Milliseconds jobs_every{500};
constexpr Milliseconds between_batches{20};  // what deletes leaves the database to the others

}  // namespace

Jobs::Jobs(const Settings& settings, const Clock& clock)
    : pool_(pool_of(settings, "tessera_system", 1)),
      clock_(clock),
      thread_([this](std::stop_token stop) { run(stop); })
{
}

void Jobs::run(std::stop_token stop)
{
    audit::JobState state;
    jobs::ExpiryState expiry;
    bool failing = false;
    while (!stop.stop_requested()) {
        const auto report = audit::run_jobs(state, pool_, clock_);
        if (report.has_error() && !failing) {
            log::warning("audit_jobs_failed", {{"detail", report.error().detail}});
        }
        failing = report.has_error();
        const Tick next = clock_.tick() + jobs_every;
        while (!stop.stop_requested() && clock_.tick() < next && expire(expiry)) {
            pause(stop, between_batches);
        }
        pause(stop, std::chrono::ceil<Milliseconds>(next - clock_.tick()));
    }
}

bool Jobs::expire(jobs::ExpiryState& state)
{
    const auto step = jobs::run_expiry(state, pool_, clock_);
    if (step.has_error()) {
        log::warning("expiry_failed", {{"detail", step.error().detail}});
        return false;
    }
    return step.value().more;
}

void Jobs::pause(std::stop_token stop, Milliseconds time)
{
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace tessera
