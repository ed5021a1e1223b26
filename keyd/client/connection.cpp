#include "keyd/client/connection.hpp"

#include <algorithm>
#include <bit>

#include <boost/asio/error.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/client/fault.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd {

namespace {

using Event = ReconnectEvent;

// What an operator does about a failed connect().
std::string_view advice_for(const boost::system::error_code& error)
{
    if (error == boost::system::errc::no_such_file_or_directory
        || error == boost::asio::error::connection_refused) {
        return "start tessera-keyd, or make keyd-socket name its front socket";
    }
    if (error == boost::system::errc::permission_denied) {
        return "this user may not open the socket: check its group and mode, and keyd's front-uids";
    }
    return "check that tessera-keyd is running and not overloaded";
}

}  // namespace

Client::Connection::Connection(asio::io_context& loop, ClientOptions options, ClientEvents events)
    : loop_(loop),
      options_(std::move(options)),
      events_(std::move(events)),
      socket_(loop),
      machine_timer_(loop),
      sweep_timer_(loop)
{
}

void Client::Connection::start() { feed(Event::started); }

void Client::Connection::stop() { feed(Event::stopped); }

// ------------------------------------------------------------------------------------------------ the machine's driver

void Client::Connection::feed(ReconnectEvent event) { perform(step(state_, event, clock_.tick())); }

void Client::Connection::perform(const ReconnectAction& action)
{
    switch (action.kind) {
    case ReconnectAction::nothing: return;
    case ReconnectAction::open: return open(action.wake_at);
    case ReconnectAction::greet: return greet(action.wake_at);
    case ReconnectAction::serve: return serve();
    case ReconnectAction::back_off: close_socket(); return arm(action.wake_at);
    case ReconnectAction::close:
        machine_timer_.cancel();
        sweep_timer_.cancel();
        close_socket();
        return fail_calls([](const Call&) { return true; },
                          unavailable("STOPPED", "this process is stopping"));
    }
}

void Client::Connection::arm(Tick wake_at)
{
    machine_timer_.expires_at(wake_at);
    machine_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error) {
            return;
        }
        const ReconnectPhase before = self->state_.phase;
        const bool timed_out = before == ReconnectPhase::opening || before == ReconnectPhase::greeting;
        if (timed_out && self->clock_.tick() >= self->state_.until) {
            self->report("it does not answer", "it may be stopped or stuck: look at its log, restart it");
        }
        self->feed(Event::timer);
    });
}

void Client::Connection::open(Tick wake_at)
{
    arm(wake_at);
    asio::local::stream_protocol::endpoint endpoint;
    try {
        endpoint = asio::local::stream_protocol::endpoint{options_.socket_path};
    } catch (const boost::system::system_error&) {
        return lose(Event::lost, "the socket's path is too long",
                    "a Unix socket's path has at most 107 bytes");
    }
    const std::uint64_t generation = ++generation_;
    decoder_ = std::make_unique<wire::FrameDecoder>();
    socket_.async_connect(
        endpoint, [self = shared_from_this(), generation](const boost::system::error_code& error) {
            if (generation != self->generation_) {
                return;
            }
            if (error) {
                return self->lose(Event::lost, "it cannot be reached: " + error.message(), advice_for(error));
            }
            self->socket_.non_blocking(true);
            self->feed(Event::opened);
        });
}

void Client::Connection::greet(Tick wake_at)
{
    arm(wake_at);
    v1::Request request;
    request.mutable_hello()->set_version_min(wire::protocol_version);
    request.mutable_hello()->set_version_max(wire::protocol_version);
    request.mutable_hello()->set_client(options_.program);
    hello_id_ = next_id_++;
    send(hello_id_, request);
    read();
}

void Client::Connection::serve()
{
    machine_timer_.cancel();
    last_reported_.clear();
    log::info("keyd_connected", {{"socket", options_.socket_path}});
    if (options_.watch) {
        v1::Request request;
        request.mutable_watch_keyrings();
        watch_id_ = next_id_++;
        send(watch_id_, request);
    }
    const std::uint64_t generation = generation_;
    if (events_.connected) {
        events_.connected();
    }
    if (generation == generation_ && is_serving()) {
        send_waiting();
    }
}

void Client::Connection::close_socket()
{
    ++generation_;
    boost::system::error_code ignored;
    socket_.close(ignored);
    outbox_.clear();
    is_write_blocked_ = false;
    hello_id_ = watch_id_ = 0;
    fail_calls([](const Call& call) { return call.is_sent; },
               unavailable("DISCONNECTED", "the key service closed the connection; try again"));
}

void Client::Connection::lose(ReconnectEvent event, std::string_view what, std::string_view advice)
{
    const bool was_serving = is_serving();
    report(what, advice);
    feed(event);
    if (was_serving && !is_serving() && state_.phase != ReconnectPhase::stopped && events_.disconnected) {
        events_.disconnected();
    }
}

// One line when the trouble changes, then at the 1st, 2nd, 4th, 8th … failure: bounded whatever keyd does.
void Client::Connection::report(std::string_view what, std::string_view advice)
{
    if (state_.phase == ReconnectPhase::stopped
        || (what == last_reported_ && !std::has_single_bit(state_.failures + 1))) {
        return;
    }
    last_reported_ = what;
    log::warning("keyd_unavailable", {{"socket", options_.socket_path},
                                      {"what", what},
                                      {"while", to_string(state_.phase)},
                                      {"failures", state_.failures + 1},
                                      {"advice", advice}});
}

// --------------------------------------------------------------------------------------------------------- what comes in

void Client::Connection::read()
{
    const auto room = decoder_->writable();
    socket_.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this(), generation = generation_](const boost::system::error_code& error,
                                                              std::size_t bytes) {
            if (generation != self->generation_) {
                return;
            }
            if (error && self->state_.phase == ReconnectPhase::greeting) {
                return self->lose(Event::lost, "it closes the connection without an answer",
                                  "this process's uid must be in keyd's front-uids (the command "
                                  "line's in admin-uids)");
            }
            if (error) {
                return self->lose(Event::lost, "the connection ended: " + error.message(),
                                  "tessera-keyd stopped or was restarted: see its log");
            }
            self->decoder_->commit(bytes);
            self->take_frames();
        });
}

void Client::Connection::take_frames()
{
    const std::uint64_t generation = generation_;
    while (generation == generation_) {
        const auto next = decoder_->next();
        if (!next) {
            return lose(Event::garbage, wire::to_string(next.error()), "the socket is not tessera-keyd's");
        }
        if (!next.value()) {
            return read();
        }
        const wire::Frame& frame = *next.value();
        if (frame.header.version != wire::protocol_version) {
            return lose(Event::version_refused,
                        fmt::format("it speaks protocol version {}, this program {}", frame.header.version,
                                    wire::protocol_version),
                        "install the same release of tessera and tessera-keyd");
        }
        switch (frame.header.kind) {
        case wire::FrameKind::response: take_response(frame); break;
        case wire::FrameKind::event: take_event(frame); break;
        case wire::FrameKind::request:
            return lose(Event::garbage, "it sends requests", "the socket is not tessera-keyd's");
        }
    }
}

void Client::Connection::take_response(const wire::Frame& frame)
{
    const std::uint64_t id = frame.header.correlation_id;
    auto response = wire::parse_response(frame.body);
    if (!response || id >= next_id_) {
        return lose(Event::garbage, response ? "it answers what was never asked" : "an answer does not parse",
                    "the socket is not tessera-keyd's, or the releases differ");
    }
    if (id == hello_id_) {
        return take_greeting(*response);
    }
    if (id == watch_id_) {
        if (response->has_error()) {
            log::warning("keyd_watch_refused",
                         {{"error_code", v1::ErrorCode_Name(response->error().code())},
                          {"advice", "connect to keyd's front socket, not to another"}});
        }
        return;
    }
    finish_call(id, std::move(*response));
}

void Client::Connection::take_greeting(const v1::Response& response)
{
    if (response.has_welcome() && response.welcome().version() == wire::protocol_version) {
        return feed(Event::welcomed);
    }
    if (response.has_error() && response.error().code() == v1::VERSION_UNSUPPORTED) {
        return lose(Event::version_refused,
                    fmt::format("it speaks protocol versions {} to {}, this program {}",
                                response.error().version_min(), response.error().version_max(),
                                wire::protocol_version),
                    "install the same release of tessera and tessera-keyd");
    }
    lose(Event::garbage, "its answer to Hello is no Welcome",
         "install the same release of tessera and tessera-keyd");
}

void Client::Connection::take_event(const wire::Frame& frame)
{
    const auto event = wire::parse_event(frame.body);
    if (!event) {
        return lose(Event::garbage, "an event does not parse",
                    "install the same release of tessera and tessera-keyd");
    }
    if (event->has_keyring_changed() && events_.keyring_changed) {
        events_.keyring_changed(event->keyring_changed());
    } else if (event->has_health_changed() && events_.health_changed) {
        events_.health_changed(event->health_changed().health());
    }
}

void Client::Connection::finish_call(std::uint64_t id, v1::Response response)
{
    auto found = calls_.extract(id);
    if (found.empty()) {
        return;  // its caller gave up at the deadline
    }
    --in_flight_;
    Call call = std::move(found.mapped());
    send_waiting();
    if (response.has_error()) {
        return call.waiter->complete(to_keyd_error(response.error()));
    }
    if (response.outcome_case() != wire::outcome_of(call.operation)) {
        return call.waiter->complete(KeydError{KeydFault::protocol, "UNEXPECTED_OUTCOME",
                                               "the key service's answer does not belong to the request", 0});
    }
    call.waiter->complete(std::move(response));
}

}  // namespace tessera::keyd
