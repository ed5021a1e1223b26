#include "daemon/http/connections.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

namespace tessera::http {

BodyBytes::~BodyBytes() { connections_.bodies_bytes_ -= bytes_; }

bool BodyBytes::add(std::size_t bytes)
{
    if (bytes > connections_.limits_.bodies_bytes_max - connections_.bodies_bytes_) {
        return false;
    }
    bytes_ += bytes;
    connections_.bodies_bytes_ += bytes;
    return true;
}

Connection::Connection(Connections& connections) : connections_(connections)
{
    place_ = connections.busy_.insert(connections.busy_.end(), this);
    ++connections.open_;
    connections.metrics_.gauge(Gauge::connections_open).add();
}

Connection::~Connection()
{
    connections_.list_of(phase_).erase(place_);
    --connections_.open_;
    connections_.metrics_.gauge(Gauge::connections_open).subtract();
}

bool Connection::is_draining() const { return connections_.draining_; }

void Connection::enter(Phase phase)
{
    auto& to = connections_.list_of(phase);
    to.splice(to.end(), connections_.list_of(phase_), place_);
    phase_ = phase;
    deadline_ = connections_.deadline_of(phase);
}

Connections::Connections(asio::io_context& loop, const Limits& limits, const Clock& clock, Metrics& metrics)
    : loop_(loop),
      limits_(limits),
      clock_(clock),
      metrics_(metrics),
      timer_(loop)
{
}

void Connections::start() { asio::co_spawn(loop_, sweep_for_ever(), asio::detached); }

void Connections::stop()
{
    stopped_ = draining_ = true;
    drain_end_ = clock_.tick();
    timer_.cancel();
}

Tick Connections::deadline_of(Phase phase) const
{
    const Tick now = clock_.tick();
    switch (phase) {
    case Phase::handshake: return now + limits_.handshake;
    case Phase::idle: return now + (draining_ ? idle_grace : limits_.idle);
    case Phase::head: return now + limits_.head;
    case Phase::body: return now + limits_.body;
    case Phase::accepted:
    case Phase::handling: return Tick::max();  // every remote call of a handler has a deadline of its own
    case Phase::write: return now + limits_.write;
    case Phase::linger: return now + limits_.linger;
    }
    return now;
}

bool Connections::close_oldest_idle()
{
    for (Connection* connection : idle_) {
        if (!connection->late_) {
            metrics_.count(Counter::connections_closed_idle);
            expire(*connection);
            return true;
        }
    }
    return false;
}

void Connections::drain()
{
    draining_ = true;
    const Tick now = clock_.tick();
    drain_end_ = now + limits_.drain;
    for (Connection* connection : idle_) {
        connection->deadline_ = std::min(connection->deadline_, now + idle_grace);
    }
}

void Connections::expire(Connection& connection)
{
    connection.late_ = true;
    connection.interrupt();
}

void Connections::sweep(Tick now)
{
    const bool everything = now >= drain_end_;
    for (auto* list : {&idle_, &busy_}) {
        for (Connection* connection : *list) {
            if (everything || now >= connection->deadline_) {
                if (list == &idle_ && !connection->late_) {
                    metrics_.count(Counter::connections_closed_idle);
                }
                expire(*connection);
            } else if (list == &idle_ && !draining_) {
                break;  // ordered: the rest is younger
            }
        }
    }
}

Async<void> Connections::sweep_for_ever()
{
    while (!stopped_ || size() > 0) {
        boost::system::error_code ec;
        timer_.expires_after(tick_every);
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        sweep(clock_.tick());
    }
}

}  // namespace tessera::http
