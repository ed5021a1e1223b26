#include "storage/pool.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "storage/connection_pqxx.hpp"

namespace tessera::storage {

struct Pool::State {
    PoolOptions options;
    std::mutex mutex;
    std::condition_variable freed;
    std::vector<std::unique_ptr<Connection>> idle;  // the last one used is the next one given
    std::size_t leased = 0;
};

Pool::Pool(PoolOptions options) : state_(std::make_unique<State>()) { state_->options = std::move(options); }

Pool::~Pool() = default;

const PoolOptions& Pool::options() const { return state_->options; }

Result<Pool::Lease, StoreError> Pool::lease()
{
    std::unique_ptr<Connection> connection;
    {
        std::unique_lock lock{state_->mutex};
        const bool free = state_->freed.wait_for(lock, state_->options.wait_max, [this] {
            return state_->leased < state_->options.connections_max;
        });
        if (!free) {
            return StoreError{StoreFault::timeout, {}, "no free connection in time"};
        }
        ++state_->leased;
        while (!connection && !state_->idle.empty()) {
            connection = std::move(state_->idle.back());
            state_->idle.pop_back();
            if (connection->is_stale()) {
                connection.reset();
            }
        }
    }
    if (!connection) {
        try {
            connection = std::make_unique<Connection>(state_->options);
        } catch (const std::exception& error) {
            const std::lock_guard lock{state_->mutex};
            --state_->leased;
            state_->freed.notify_one();
            return StoreError{StoreFault::unavailable, {}, error.what()};
        }
    }
    return Lease{*this, std::move(connection)};
}

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Connection> connection)
    : pool_(&pool),
      connection_(std::move(connection))
{
}

Pool::Lease::Lease(Lease&&) noexcept = default;

Pool::Lease::~Lease()
{
    if (!connection_) {
        return;
    }
    State& state = *pool_->state_;
    const std::lock_guard lock{state.mutex};
    --state.leased;
    if (connection_->is_broken()) {
        // The server went away: its other connections are dead too, and the next lease should not meet one of
        // them.
        state.idle.clear();
    } else {
        state.idle.push_back(std::move(connection_));
    }
    state.freed.notify_one();
}

}  // namespace tessera::storage
