// PostgreSQL connections: a hard cap, a bounded wait, prepared statements.
//
// Everything here blocks: call it on a pool thread (base/on_pool), never on an event loop.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "storage/error.hpp"

namespace tessera::storage {

struct PoolOptions {
    // libpq connection string without a password in it (peer authentication, or a passfile).
    std::string database_url;
    // Which role to be after connecting: tessera_app, tessera_system (jobs) or tessera_audit.
    std::string role;
    std::size_t connections_max = 8;
    Milliseconds wait_max{1000};       // for a free connection
    Milliseconds statement_max{5000};  // statement_timeout
    Milliseconds lock_max{2000};       // lock_timeout
};

class Connection;  // one libpqxx connection with its prepared statements; storage only

// Thread-safe. Connections are opened when first needed and dropped when they fail; opening is tried again
// with each lease, so the pool recovers by itself when PostgreSQL returns.
class Pool {
public:
    explicit Pool(PoolOptions options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Connection> connection);
        Lease(Lease&&) noexcept;
        Lease& operator=(Lease&&) = delete;
        ~Lease();  // gives the connection back, or drops it when it is broken
        Connection& operator*() const { return *connection_; }
        Connection* operator->() const { return connection_.get(); }

    private:
        Pool* pool_;
        std::unique_ptr<Connection> connection_;
    };

    // Waits at most wait_max. Errors: unavailable (cannot connect), timeout (none free in time).
    Result<Lease, StoreError> lease();

    const PoolOptions& options() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tessera::storage
