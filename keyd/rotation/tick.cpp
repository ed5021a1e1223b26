// Keyrings::tick: what keyd does by itself, a step at a time.
#include <algorithm>

#include "base/log.hpp"
#include "keyd/keyring/clock_row.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/rows.hpp"
#include "keyd/keyring/token_serials.hpp"
#include "keyd/rotation/rotation.hpp"

namespace tessera::keyd {

namespace {

constexpr Seconds clock_write_period{3600};
constexpr Seconds counter_flush_period{60};
constexpr Milliseconds failure_pause{5000};

// Written now and then, and when trust changes, so that a restart knows how far time had come.
void write_clock(Service& service)
{
    const ClockMemory& memory = service.clock_memory;
    const bool is_recent = std::chrono::abs(memory.last.wall - service.clock_written) < clock_write_period;
    if (is_recent && is_trusted(memory) == service.clock_written_trusted) {
        return;
    }
    Store::Change change{*service.store};
    change.put(Table::settings, to_row(memory));
    if (change.commit().has_value()) {
        service.clock_written = memory.last.wall;
        service.clock_written_trusted = is_trusted(memory);
    }
}

void flush_counters(Service& service)
{
    if (std::chrono::abs(service.clock_memory.last.wall - service.counters_flushed) < counter_flush_period) {
        return;
    }
    service.counters_flushed = service.clock_memory.last.wall;
    std::vector<KeyRecord*> changed;
    for (auto& [id, ring] : service.rings) {
        for (KeyRecord& key : ring.keys) {
            const auto signer = service.signers.find(key.id);
            if (signer != service.signers.end() && signer->second->signatures != key.signatures) {
                key.signatures = signer->second->signatures;
                changed.push_back(&key);
            }
        }
    }
    if (changed.empty()) {
        return;
    }
    Store::Change change{*service.store};
    for (const KeyRecord* key : changed) {
        change.put(Table::keys, to_row(*key));
    }
    if (change.commit().has_error()) {
        log::warning("keyd_counters_not_flushed", {{"keys", changed.size()}});
    }
}

// Settles what an interrupted generation left, keeps the spares, wraps data keys again: work that waits while a token fails.
Answer<bool> work_on_tokens(Service& service)
{
    if (!service.intents.empty()) {
        const IntentRecord intent = service.intents.begin()->second;
        TRY(service.reconcile(intent));
        return true;
    }
    TRY(const bool refilled, refill_spares(service));
    if (refilled) {
        return true;
    }
    return service.secrets.step(service.clock.now());
}

}  // namespace

Milliseconds Keyrings::tick()
{
    Service& service = *service_;
    if (!service.is_started) {
        return failure_pause;
    }
    const Instant now = service.observe_clock();
    write_clock(service);
    remember_serials(service);  // of a token that was not there before
    flush_counters(service);
    if (is_trusted(service.clock_memory) && rotate_one(service, now)) {
        return Milliseconds{0};
    }
    const Milliseconds wait = is_trusted(service.clock_memory) ? time_to_next(service, now) : failure_pause;
    const Tick tick = service.clock.tick();
    if (tick < service.retry_after) {
        return std::min(wait, std::chrono::ceil<Milliseconds>(service.retry_after - tick));
    }
    const auto worked = work_on_tokens(service);
    if (worked.has_error()) {
        log::warning("keyd_background_work_failed", {{"reason", worked.error().description}});
        service.retry_after = tick + failure_pause;
        return std::min(wait, failure_pause);
    }
    return worked.value() ? Milliseconds{0} : wait;
}

}  // namespace tessera::keyd
