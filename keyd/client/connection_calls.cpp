// A connection's calls: what waits, what is sent, what is late.
#include <algorithm>

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "keyd/client/connection.hpp"
#include "keyd/client/fault.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd {

namespace {

// A call that gets no answer fails at most this long after its deadline.
constexpr Milliseconds sweep_period{10};
constexpr Milliseconds slow_report_period{10'000};

}  // namespace

template <class Handler>
struct Client::Connection::WaiterOf final : Waiter {
    explicit WaiterOf(Handler handler_) : handler(std::move(handler_)) {}
    void complete(CallOutcome outcome) override { std::move(handler)(std::move(outcome)); }
    Handler handler;
};

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
