#include "daemon/audit/writer.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/log.hpp"

namespace tessera::audit {

namespace {

using storage::Appended;
using storage::AuditEntry;
using storage::StoreError;
using storage::StoreFault;
using Outcome = Result<Appended, StoreError>;

// One append that waits. The coroutine owns the timer; `timer` and `outcome` are touched on the home loop only.
struct Waiter {
    asio::any_io_executor home;
    asio::steady_timer* timer = nullptr;
    std::optional<Outcome> outcome;
    std::atomic<bool> abandoned = false;  // the coroutine is gone: nobody to resume
};
// Shared: the coroutine may give up while the writer's thread still holds the entry.
using WaiterPtr = std::shared_ptr<Waiter>;

struct Pending {
    AuditEntry entry;
    WaiterPtr waiter;
    Tick since;
};

// The coroutine's end of a waiter.
class Attendance {
public:
    Attendance(WaiterPtr waiter, asio::steady_timer& timer) : waiter_(std::move(waiter))
    {
        waiter_->timer = &timer;
    }
    ~Attendance()
    {
        waiter_->timer = nullptr;
        waiter_->abandoned = true;
    }
    Attendance(const Attendance&) = delete;
    Attendance& operator=(const Attendance&) = delete;

private:
    WaiterPtr waiter_;
};

StoreError unavailable(std::string detail) { return {StoreFault::unavailable, {}, std::move(detail)}; }

auto key_of(const storage::OnceValue& once) { return std::tuple{once.project, once.kind, once.digest}; }

struct Delivery {
    WaiterPtr waiter;
    Outcome outcome;
};

// On the home loop.
void resume_all(std::vector<Delivery>& deliveries)
{
    for (Delivery& delivery : deliveries) {
        delivery.waiter->outcome = std::move(delivery.outcome);
        if (delivery.waiter->timer != nullptr) {
            delivery.waiter->timer->cancel();
        }
    }
}

// One post per loop, not per event: a wake-up costs more than the rest of an append.
void deliver(std::vector<Delivery> deliveries)
{
    std::erase_if(deliveries, [](const Delivery& delivery) { return delivery.waiter->abandoned.load(); });
    while (!deliveries.empty()) {
        const auto home = deliveries.front().waiter->home;
        const auto others =
            std::partition(deliveries.begin(), deliveries.end(),
                           [&](const Delivery& delivery) { return delivery.waiter->home == home; });
        std::vector<Delivery> here(std::make_move_iterator(deliveries.begin()),
                                   std::make_move_iterator(others));
        deliveries.erase(deliveries.begin(), others);
        asio::post(home, [here = std::move(here)]() mutable { resume_all(here); });
    }
}

// A fault of one row, not of the store: the others of the batch can still be written.
bool is_fault_of_a_row(StoreFault fault)
{
    return fault != StoreFault::unavailable && fault != StoreFault::timeout;
}

}  // namespace

struct Writer::State {
    State(Options options_, storage::Pool& pool_, const Clock& clock_)
        : options(options_),
          pool(pool_),
          clock(clock_)
    {
        thread = std::thread{[this] { run(); }};
    }

    ~State()
    {
        {
            const std::scoped_lock lock{mutex};
            stopping = true;
        }
        wake.notify_one();
        thread.join();
    }

    bool enqueue(Pending pending)
    {
        {
            const std::scoped_lock lock{mutex};
            if (stopping || queue.size() >= options.waiting_max) {
                return false;
            }
            queue.push_back(std::move(pending));
        }
        wake.notify_one();
        return true;
    }

    void run()
    {
        while (true) {
            std::vector<Pending> batch = next_batch();
            if (batch.empty()) {
                return;
            }
            write(batch);
        }
    }

    // Waits for work; empty when stopping and nothing is left. A second use of a once-only value stays in the queue for
    // the next batch, where the database answers it as replayed.
    std::vector<Pending> next_batch()
    {
        std::unique_lock lock{mutex};
        std::vector<Pending> batch;
        while (batch.empty()) {
            wake.wait(lock, [this] { return stopping || !queue.empty(); });
            if (queue.empty()) {
                return batch;
            }
            take(batch);
        }
        return batch;
    }

    void take(std::vector<Pending>& batch)
    {
        std::set<std::tuple<ProjectId, std::string, Sha256>> used;
        std::deque<Pending> later;
        const Tick now = clock.tick();
        while (!queue.empty() && batch.size() < options.batch_max) {
            Pending pending = std::move(queue.front());
            queue.pop_front();
            // Its answer has been given already (too late, or the request is gone): writing it would record a success
            // that was never sent.
            if (pending.waiter->abandoned || now - pending.since >= options.wait_max) {
                continue;
            }
            if (pending.entry.once && !used.insert(key_of(*pending.entry.once)).second) {
                later.push_back(std::move(pending));
                continue;
            }
            batch.push_back(std::move(pending));
        }
        queue.insert(queue.begin(), std::make_move_iterator(later.begin()),
                     std::make_move_iterator(later.end()));
    }

    void write(std::vector<Pending>& batch)
    {
        std::vector<AuditEntry> entries;
        entries.reserve(batch.size());
        for (Pending& pending : batch) {
            entries.push_back(std::move(pending.entry));
        }
        auto appended = append(entries);
        std::vector<Delivery> deliveries;
        deliveries.reserve(batch.size());
        if (appended) {
            for (std::size_t i = 0; i < batch.size(); ++i) {
                deliveries.push_back({std::move(batch[i].waiter), appended.value()[i]});
            }
        } else if (batch.size() > 1 && is_fault_of_a_row(appended.error().fault)) {
            for (std::size_t i = 0; i < batch.size(); ++i) {
                deliveries.push_back({std::move(batch[i].waiter), append_one(entries[i])});
            }
        } else {
            log::error("audit_batch_failed", {{"events", batch.size()}, {"detail", appended.error().detail}});
            for (Pending& pending : batch) {
                deliveries.push_back({std::move(pending.waiter), appended.error()});
            }
        }
        deliver(std::move(deliveries));
    }

    Result<std::vector<Appended>, StoreError> append(const std::vector<AuditEntry>& entries)
    {
        try {
            auto appended = storage::append_audit_batch(pool, entries);
            if (appended && appended.value().size() != entries.size()) {
                return StoreError{
                    StoreFault::bug, {}, "append_audit_batch answered another number of entries"};
            }
            return appended;
        } catch (const std::exception& error) {
            return StoreError{StoreFault::bug, {}, error.what()};
        }
    }

    Outcome append_one(const AuditEntry& entry)
    {
        auto appended = append({entry});
        if (!appended) {
            log::error("audit_event_failed", {{"type", entry.row.type}, {"detail", appended.error().detail}});
            return appended.error();
        }
        return appended.value().front();
    }

    const Options options;
    storage::Pool& pool;
    const Clock& clock;
    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<Pending> queue;
    bool stopping = false;
    std::thread thread;
};

Writer::Writer(Options options, storage::Pool& audit_pool, const Clock& clock)
    : state_(std::make_unique<State>(options, audit_pool, clock))
{
}

Writer::~Writer() = default;

Async<Result<storage::Appended, storage::StoreError>> Writer::append(storage::AuditEntry entry)
{
    auto home = co_await asio::this_coro::executor;
    asio::steady_timer timer{home, state_->options.wait_max};
    auto waiter = std::make_shared<Waiter>();
    waiter->home = home;
    const Attendance attendance{waiter, timer};
    if (!state_->enqueue({std::move(entry), waiter, state_->clock.tick()})) {
        co_return unavailable("too many audit events wait");
    }
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!waiter->outcome) {
        co_return unavailable("the audit event was not durable in time");
    }
    co_return std::move(*waiter->outcome);
}

std::size_t Writer::waiting() const
{
    const std::scoped_lock lock{state_->mutex};
    return state_->queue.size();
}

}  // namespace tessera::audit
