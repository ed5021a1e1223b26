// Records in memory, one cache per event loop and kind, no locks.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.hpp"
#include "base/on_pool.hpp"
#include "base/result.hpp"
#include "daemon/metrics.hpp"
#include "storage/error.hpp"

namespace tessera {

// When it was last certain that every change had been heard; the listener writes, every loop reads.
using ChangesHeard = std::atomic<Tick>;

// What a cache may hold and do at once.
struct RecordCacheLimits {
    std::size_t records_max = 50'000;
    // Keys that have no record are remembered apart from the records, so that made-up keys push none of them out.
    std::size_t absent_max = 5'000;
    // Look-ups at once of keys that have no record in memory. Beyond it they are refused as a timeout, so that made-up
    // keys leave threads and connections to the others. Unlimited where something else bounds them.
    std::size_t strangers_max = std::numeric_limits<std::size_t>::max();
};

// Records by key, least recently used first out. `Record` is a smart pointer, null = there is none. One look-up at a time
// per key: who asks meanwhile waits for it. A look-up under way when its key is dropped is answered to those who
// already wait and not kept: it may have read the old row.
template <class Key, class Hash, class Record>
class RecordCache {
public:
    using Loaded = Result<Record, storage::StoreError>;

    // A missing record is remembered this long: long enough that guessing does not reach PostgreSQL with every request,
    // short enough that one made on a front whose notice was lost appears soon.
    static constexpr Milliseconds absent_for{1000};
    // A record is used without asking while changes were heard, or it was read, this short a time ago.
    static constexpr Milliseconds stale_max{1000};

    RecordCache(RecordCacheLimits limits, const Clock& clock, Metrics& metrics,
                const ChangesHeard& changes_heard)
        : limits_(limits),
          clock_(clock),
          metrics_(metrics),
          changes_heard_(changes_heard)
    {
    }

    // `load` is `Loaded()`, runs on a pool thread and owns what it uses. The cache outlives the coroutine.
    template <class Load>
    Async<Loaded> find(Key key, asio::thread_pool& threads, Load load)
    {
        const Tick now = clock_.tick();
        const auto known = records_.find(key);
        if (known != records_.end() && is_current(known->second, now)) {
            order_.splice(order_.end(), order_, known->second.place);
            metrics_.count(Counter::cache_hits);
            co_return known->second.record;
        }
        if (const auto absent = absent_.find(key); absent != absent_.end() && now < absent->second) {
            metrics_.count(Counter::cache_hits);
            co_return Record{};
        }
        metrics_.count(Counter::cache_misses);
        if (const auto found = flights_.find(key); found != flights_.end()) {
            co_return co_await join(found->second);
        }
        const bool is_stranger = known == records_.end();
        if (is_stranger && strangers_ >= limits_.strangers_max) {
            co_return storage::StoreError{storage::StoreFault::timeout, {}, "too many look-ups at once"};
        }
        co_return co_await fly(std::move(key), is_stranger, threads, std::move(load));
    }

    void drop(const Key& key)
    {
        flights_.erase(key);
        absent_.erase(key);
        if (const auto found = records_.find(key); found != records_.end()) {
            order_.erase(found->second.place);
            records_.erase(found);
        }
    }

    template <class Predicate>
    void drop_if(Predicate predicate)
    {
        std::erase_if(flights_, [&](const auto& each) { return predicate(each.first); });
        std::erase_if(absent_, [&](const auto& each) { return predicate(each.first); });
        std::erase_if(records_, [&](const auto& each) {
            const bool is_chosen = predicate(each.first);
            if (is_chosen) {
                order_.erase(each.second.place);
            }
            return is_chosen;
        });
    }

    // Changes may have gone unnoticed: every record is read again before it is used, and kept for last_known.
    void doubt_all()
    {
        flights_.clear();
        absent_.clear();
        for (auto& [key, entry] : records_) {
            entry.is_doubtful = true;
        }
    }

    void drop_all()
    {
        flights_.clear();
        absent_.clear();
        records_.clear();
        order_.clear();
    }

    // What was last read, doubtful or not; null when there was none.
    Record last_known(const Key& key) const
    {
        const auto found = records_.find(key);
        return found == records_.end() ? Record{} : found->second.record;
    }

private:
    struct Entry {
        Record record;
        Tick read_at;
        bool is_doubtful = false;
        typename std::list<Key>::iterator place;
    };

    // A look-up under way, shared by the one who makes it and those who wait for it.
    struct Flight {
        explicit Flight(asio::any_io_executor executor) : landed(std::move(executor), Tick::max()) {}
        asio::steady_timer landed;  // cancelled then
        std::optional<Loaded> outcome;
    };
    using FlightPtr = std::shared_ptr<Flight>;

    bool is_current(const Entry& entry, Tick now) const
    {
        return !entry.is_doubtful
               && (now - changes_heard_.load(std::memory_order_relaxed) < stale_max
                   || now - entry.read_at < stale_max);
    }

    Async<Loaded> join(FlightPtr flight)
    {
        if (!flight->outcome) {
            co_await flight->landed.async_wait(asio::as_tuple(asio::use_awaitable));
        }
        if (!flight->outcome) {
            co_return storage::StoreError{storage::StoreFault::bug, {}, "the look-up waited for ended early"};
        }
        co_return *flight->outcome;
    }

    template <class Load>
    Async<Loaded> fly(Key key, bool is_stranger, asio::thread_pool& threads, Load load)
    {
        const auto flight = std::make_shared<Flight>(co_await asio::this_coro::executor);
        flights_.insert_or_assign(key, flight);
        strangers_ += is_stranger ? 1 : 0;
        std::exception_ptr error;
        try {
            flight->outcome.emplace(co_await on_pool(threads, std::move(load)));
        } catch (...) {
            error = std::current_exception();
        }
        strangers_ -= is_stranger ? 1 : 0;
        // Dropped meanwhile, and perhaps begun anew: then it is no longer ours.
        if (const auto found = flights_.find(key); found != flights_.end() && found->second == flight) {
            flights_.erase(found);
            if (!error && flight->outcome->has_value()) {
                keep(key, flight->outcome->value());
            }
        }
        flight->landed.cancel();
        if (error) {
            std::rethrow_exception(error);
        }
        co_return *flight->outcome;
    }

    void keep(const Key& key, const Record& record)
    {
        const Tick now = clock_.tick();
        const auto known = records_.find(key);
        if (record == nullptr) {
            if (known != records_.end()) {
                order_.erase(known->second.place);
                records_.erase(known);
            }
            if (absent_.size() >= limits_.absent_max) {
                absent_.clear();
            }
            absent_.insert_or_assign(key, now + absent_for);
            return;
        }
        absent_.erase(key);
        if (known != records_.end()) {
            known->second.record = record;
            known->second.read_at = now;
            known->second.is_doubtful = false;
            return;
        }
        if (records_.size() >= limits_.records_max) {
            records_.erase(order_.front());
            order_.pop_front();
        }
        order_.push_back(key);
        records_.emplace(key, Entry{record, now, false, std::prev(order_.end())});
    }

    RecordCacheLimits limits_;
    const Clock& clock_;
    Metrics& metrics_;
    const ChangesHeard& changes_heard_;
    std::size_t strangers_ = 0;
    std::list<Key> order_;
    std::unordered_map<Key, Entry, Hash> records_;
    std::unordered_map<Key, Tick, Hash> absent_;
    std::unordered_map<Key, FlightPtr, Hash> flights_;
};

}  // namespace tessera
