// The driver behind Client: does what the reconnect machine says, keeps the calls in flight, and cuts and joins frames.
//
// One thread, the loop's. Owned by shared_ptr because completion handlers of the socket and timers outlive the Client by
// one turn of the loop. A handler from an earlier socket recognises itself by its generation and does nothing.
#pragma once

#include <deque>
#include <memory>
#include <unordered_map>

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "keyd/client/client.hpp"
#include "keyd/client/reconnect.hpp"
#include "keyd/wire/frame.hpp"
#include "keyd/wire/outbox.hpp"

namespace tessera::keyd {

using CallOutcome = Result<v1::Response, KeydError>;

class Client::Connection : public std::enable_shared_from_this<Client::Connection> {
public:
    Connection(asio::io_context& loop, ClientOptions options, ClientEvents events);

    void start();
    void stop();
    bool is_serving() const { return state_.phase == ReconnectPhase::serving; }
    // A deadline of 0 is the options'.
    Async<CallOutcome> call(v1::Request request, Milliseconds deadline);

private:
    // The suspended caller.
    struct Waiter {
        virtual ~Waiter() = default;
        virtual void complete(CallOutcome outcome) = 0;
    };
    template <class Handler>
    struct WaiterOf;

    struct Call {
        std::unique_ptr<Waiter> waiter;
        v1::Request::OperationCase operation;
        Tick deadline;
        bool is_sent;
    };
    struct Unsent {
        std::uint64_t id;
        v1::Request request;
    };

    void feed(ReconnectEvent event);
    void perform(const ReconnectAction& action);
    void open(Tick wake_at);
    void greet(Tick wake_at);
    void serve();
    void arm(Tick wake_at);
    void close_socket();
    void lose(ReconnectEvent event, std::string_view what, std::string_view advice);
    void report(std::string_view what, std::string_view advice);

    void read();
    void take_frames();
    void take_response(const wire::Frame& frame);
    void take_event(const wire::Frame& frame);
    void take_greeting(const v1::Response& response);
    void finish_call(std::uint64_t id, v1::Response response);

    void enqueue(std::uint64_t id, v1::Request request, Milliseconds deadline);
    void send(std::uint64_t id, const v1::Request& request);
    void send_waiting();
    void schedule_flush();
    void flush();

    void schedule_sweep();
    void sweep();
    void fail_call(std::uint64_t id, KeydError error);
    void fail_calls(bool (*which)(const Call&), const KeydError& error);

    asio::io_context& loop_;
    ClientOptions options_;
    ClientEvents events_;
    SystemClock clock_;
    asio::local::stream_protocol::socket socket_;
    asio::steady_timer machine_timer_;
    asio::steady_timer sweep_timer_;
    ReconnectState state_;
    std::unique_ptr<wire::FrameDecoder> decoder_;
    wire::Outbox outbox_;
    std::unordered_map<std::uint64_t, Call> calls_;
    std::deque<Unsent> unsent_;
    std::string last_reported_;
    std::uint64_t generation_ = 0;
    std::uint64_t next_id_ = 1;
    std::uint64_t hello_id_ = 0;
    std::uint64_t watch_id_ = 0;
    std::size_t in_flight_ = 0;
    Tick slow_reported_{};
    bool is_flush_scheduled_ = false;
    bool is_write_blocked_ = false;
    bool is_sweep_scheduled_ = false;
};

}  // namespace tessera::keyd
