// The open connections of one event loop: their deadlines, the cap, the drain.
//
// One sweep every tick_every closes what is late; so a request costs no timer of its own (docs/adr/0052-deadlines.md).
#pragma once

#include <atomic>
#include <cstddef>
#include <list>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "daemon/http/limits.hpp"
#include "daemon/metrics.hpp"

namespace tessera::http {

// `accepted`: nothing is awaited yet. Only `idle` connections may be closed to make room.
enum class Phase { accepted, handshake, idle, head, body, handling, write, linger };

class Connections;

// The bytes of one body on its way, counted among those of all connections while this lives. It must not outlive them.
class BodyBytes {
public:
    explicit BodyBytes(Connections& connections) : connections_(connections) {}
    ~BodyBytes();
    BodyBytes(const BodyBytes&) = delete;
    BodyBytes& operator=(const BodyBytes&) = delete;

    // False when there is no room for so many more.
    bool add(std::size_t bytes);

private:
    Connections& connections_;
    std::size_t bytes_ = 0;
};

// What Connections knows of a session.
class Connection {
public:
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

protected:
    explicit Connection(Connections& connections);
    virtual ~Connection();

    // Begins a phase: its deadline starts now.
    void enter(Phase phase);
    Phase phase() const { return phase_; }
    // The deadline of the phase has passed, or the connection is told to close: whatever is awaited has been cancelled.
    bool is_late() const { return late_; }
    void forgive() { late_ = false; }
    bool is_draining() const;

private:
    friend class Connections;
    // Cancels what the session awaits on its socket.
    virtual void interrupt() = 0;

    Connections& connections_;
    std::list<Connection*>::iterator place_;
    Phase phase_ = Phase::accepted;
    bool late_ = false;
    Tick deadline_ = Tick::max();
};

class Connections {
public:
    Connections(asio::io_context& loop, const Limits& limits, const Clock& clock, Metrics& metrics);

    // Sweeps until stop() and the end of the last connection.
    void start();
    // Ends every connection as soon as what it works on is answered.
    void stop();
    // From any thread.
    std::size_t size() const { return open_.load(std::memory_order_relaxed); }
    // Closes the connection idle longest; false when none is idle.
    bool close_oldest_idle();
    // From now on responses say `Connection: close`; what stays idle is closed after idle_grace, everything after
    // limits.drain.
    void drain();

private:
    friend class Connection;
    friend class BodyBytes;
    static constexpr Milliseconds tick_every{100};
    // A client that has just sent a request on an idle connection must not find it closed.
    static constexpr Milliseconds idle_grace{1000};

    Async<void> sweep_for_ever();
    void sweep(Tick now);
    void expire(Connection& connection);
    Tick deadline_of(Phase phase) const;

    asio::io_context& loop_;
    const Limits& limits_;
    const Clock& clock_;
    Metrics& metrics_;
    asio::steady_timer timer_;
    std::list<Connection*>& list_of(Phase phase) { return phase == Phase::idle ? idle_ : busy_; }

    std::atomic<std::size_t> open_{0};  // connections of both lists
    std::list<Connection*> idle_;       // idle longest first
    std::list<Connection*> busy_;
    std::size_t bodies_bytes_ = 0;
    bool draining_ = false;
    bool stopped_ = false;
    Tick drain_end_ = Tick::max();
};

}  // namespace tessera::http
