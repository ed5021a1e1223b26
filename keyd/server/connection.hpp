// One peer: frames in, answers out, within the limits of limits.hpp. The loop's thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "keyd/server/listener.hpp"
#include "keyd/server/operation.hpp"
#include "keyd/wire/frame.hpp"
#include "keyd/wire/outbox.hpp"

namespace tessera::keyd::server {

class Connection;

// What a connection asks of the server that owns it.
class Dispatcher {
public:
    virtual ~Dispatcher() = default;
    // A well-formed request after Hello. Answers by connection.answer(), now or later.
    virtual void dispatch(Connection& connection, Call call) = 0;
    // Everything one read brought has been dispatched.
    virtual void end_of_read() = 0;
    virtual void closed(std::uint64_t id) = 0;
};

// Owned by the server, shared with the socket's pending handlers.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(std::uint64_t id, Local::socket socket, Caller caller, Dispatcher& dispatcher,
               const Clock& clock);

    void start() { read(); }
    // Closes and tells the dispatcher. Once.
    void close(std::string_view why);
    // No more requests are read; what is in flight is still answered.
    void stop_reading() { is_draining_ = true; }

    void answer(std::uint64_t correlation_id, const Answer<v1::Response>& answer);
    // A frame another thread made, the answer to one request.
    void answer(std::string_view frame);
    void push(const v1::Event& event);
    void flush();
    // Closes a peer that is too slow: no Hello, half a frame, or not taking bytes.
    void check_limits(Tick now);

    std::uint64_t id() const { return id_; }
    const Caller& caller() const { return caller_; }
    bool is_watching() const { return is_watching_; }
    void watch() { is_watching_ = true; }
    bool is_quiet() const { return in_flight_ == 0 && outbox_.size() == 0; }

private:
    void read();
    void take_frames();
    bool take_request(const wire::Frame& frame);
    bool take_first_request(std::uint64_t correlation_id, const v1::Request& request);
    void close_after_flush(std::string_view why);

    std::uint64_t id_;
    Local::socket socket_;
    Caller caller_;
    Dispatcher& dispatcher_;
    const Clock& clock_;
    wire::FrameDecoder decoder_;
    wire::Outbox outbox_;
    std::size_t in_flight_ = 0;
    Tick accepted_at_;
    Tick frame_since_{};    // of the frame that is half here
    Tick blocked_since_{};  // of a socket that takes nothing
    bool is_greeted_ = false;
    bool is_watching_ = false;
    bool is_draining_ = false;
    bool is_reading_ = false;
    bool is_write_blocked_ = false;
    bool is_closed_ = false;
    std::string close_reason_;  // not empty: closes when everything is sent
};

}  // namespace tessera::keyd::server
