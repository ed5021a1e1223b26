#include "keyd/client/connection.hpp"

#include <algorithm>
#include <bit>

#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "keyd/client/fault.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd {

namespace {

using Event = ReconnectEvent;

// A call that gets no answer fails at most this long after its deadline.
constexpr Milliseconds sweep_period{10};
constexpr Milliseconds slow_report_period{10'000};
constexpr std::uint32_t disconnected_retry_after_ms = 200;

KeydError unavailable(std::string_view code_name, std::string_view description)
{
    return {KeydFault::unavailable, std::string{code_name}, std::string{description},
            disconnected_retry_after_ms};
}

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

template <class Handler>
struct Client::Connection::WaiterOf final : Waiter {
    explicit WaiterOf(Handler handler_) : handler(std::move(handler_)) {}
    void complete(CallOutcome outcome) override { std::move(handler)(std::move(outcome)); }
    Handler handler;
};

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

// --------------------------------------------------------------------------------------------------------- what goes out

Async<CallOutcome> Client::Connection::call(v1::Request request, Milliseconds deadline)
{
    // The frame owns the connection while it is suspended: the Client may go first.
    const auto self = shared_from_this();
    if (state_.phase == ReconnectPhase::stopped) {
        co_return unavailable("STOPPED", "this process is stopping");
    }
    if (calls_.size() >= options_.waiting_max) {
        co_return unavailable("OVERLOADED", "too many requests wait for the key service");
    }
    if (request.ByteSizeLong() > wire::body_bytes_max - 64) {
        co_return KeydError{KeydFault::invalid, "REQUEST_TOO_LARGE",
                            "the request is longer than the key service takes", 0};
    }
    if (deadline <= Milliseconds{0}) {
        deadline = options_.deadline;
    }
    const std::uint64_t id = next_id_++;
    // The lambda runs before this coroutine suspends, so it may refer to the frame.
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(CallOutcome)>(
        [&](auto handler) {
            using Handler = decltype(handler);
            calls_.emplace(id, Call{std::make_unique<WaiterOf<Handler>>(std::move(handler)),
                                    request.operation_case(), clock_.tick() + deadline, false});
            enqueue(id, std::move(request), deadline);
        },
        asio::use_awaitable);
}

void Client::Connection::enqueue(std::uint64_t id, v1::Request request, Milliseconds deadline)
{
    schedule_sweep();
    if (!is_serving() || in_flight_ >= limits::keyd_in_flight_max || !unsent_.empty()) {
        unsent_.push_back({id, std::move(request)});
        return;
    }
    request.set_deadline_ms(static_cast<std::uint32_t>(std::max<std::int64_t>(deadline.count(), 1)));
    calls_.at(id).is_sent = true;
    ++in_flight_;
    send(id, request);
}

// Calls that waited for a connection, or for room among those in flight, with what is left of their time.
void Client::Connection::send_waiting()
{
    while (is_serving() && in_flight_ < limits::keyd_in_flight_max && !unsent_.empty()) {
        Unsent next = std::move(unsent_.front());
        unsent_.pop_front();
        const auto found = calls_.find(next.id);
        const Tick now = clock_.tick();
        if (found == calls_.end() || found->second.deadline <= now) {
            continue;  // its caller gave up, or the next sweep says so
        }
        const auto left = std::chrono::ceil<Milliseconds>(found->second.deadline - now);
        next.request.set_deadline_ms(static_cast<std::uint32_t>(left.count()));
        found->second.is_sent = true;
        ++in_flight_;
        send(next.id, next.request);
    }
}

void Client::Connection::send(std::uint64_t id, const v1::Request& request)
{
    // The size was checked in call(); our own requests are small.
    if (!wire::append_frame(outbox_.tail(), wire::FrameKind::request, id, request)) {
        return fail_call(
            id, {KeydFault::invalid, "REQUEST_TOO_LARGE", "the request is too long for the key service", 0});
    }
    schedule_flush();
}

// Everything sent in one turn of the loop leaves in one write.
void Client::Connection::schedule_flush()
{
    if (is_flush_scheduled_ || is_write_blocked_) {
        return;
    }
    is_flush_scheduled_ = true;
    asio::post(loop_, [self = shared_from_this()] {
        self->is_flush_scheduled_ = false;
        self->flush();
    });
}

void Client::Connection::flush()
{
    if (!socket_.is_open() || is_write_blocked_) {
        return;
    }
    switch (outbox_.flush(socket_)) {
    case wire::Outbox::Flushed::all: return;
    case wire::Outbox::Flushed::broken: return;  // the read that is pending reports it
    case wire::Outbox::Flushed::blocked: break;
    }
    is_write_blocked_ = true;
    socket_.async_wait(asio::socket_base::wait_write, [self = shared_from_this(), generation = generation_](
                                                          const boost::system::error_code& error) {
        if (generation != self->generation_ || error) {
            return;
        }
        self->is_write_blocked_ = false;
        self->flush();
    });
}

// ------------------------------------------------------------------------------------------------------------- deadlines

void Client::Connection::schedule_sweep()
{
    if (is_sweep_scheduled_) {
        return;
    }
    is_sweep_scheduled_ = true;
    sweep_timer_.expires_after(sweep_period);
    sweep_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        self->is_sweep_scheduled_ = false;
        if (!error) {
            self->sweep();
        }
    });
}

void Client::Connection::sweep()
{
    const Tick now = clock_.tick();
    std::vector<std::uint64_t> late;
    for (const auto& [id, call] : calls_) {
        if (call.deadline <= now) {
            late.push_back(id);
        }
    }
    const bool connected = is_serving();
    if (!late.empty() && connected && now - slow_reported_ >= slow_report_period) {
        slow_reported_ = now;
        log::warning("keyd_slow",
                     {{"calls", late.size()},
                      {"in_flight", in_flight_},
                      {"advice", "keyd does not answer in time: see `tessera keys health` and its log; a "
                                 "stopped process or a hanging HSM looks like this"}});
    }
    for (const std::uint64_t id : late) {
        fail_call(id, connected ? unavailable("DEADLINE_EXCEEDED", "the key service did not answer in time")
                                : unavailable("NOT_CONNECTED", "the key service cannot be reached"));
    }
    std::erase_if(unsent_, [this](const Unsent& unsent) { return !calls_.contains(unsent.id); });
    if (!calls_.empty()) {
        schedule_sweep();
    }
}

// Failures are posted: they come from stop() and the destructor, where the caller's frame must not run.
void Client::Connection::fail_call(std::uint64_t id, KeydError error)
{
    auto found = calls_.extract(id);
    if (found.empty()) {
        return;
    }
    in_flight_ -= found.mapped().is_sent ? 1 : 0;
    asio::post(loop_,
               [waiter = std::move(found.mapped().waiter),
                outcome = CallOutcome{std::move(error)}]() mutable { waiter->complete(std::move(outcome)); });
}

void Client::Connection::fail_calls(bool (*which)(const Call&), const KeydError& error)
{
    std::vector<std::uint64_t> failing;
    for (const auto& [id, call] : calls_) {
        if (which(call)) {
            failing.push_back(id);
        }
    }
    for (const std::uint64_t id : failing) {
        fail_call(id, error);
    }
}

}  // namespace tessera::keyd
