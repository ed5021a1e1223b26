#include "keyd/server/connection.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>

#include "base/log.hpp"
#include "keyd/server/answer.hpp"
#include "keyd/server/limits.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd::server {

namespace {

namespace lim = server_limits;

constexpr std::size_t client_chars_max = 64;

Milliseconds deadline_of(const v1::Request& request)
{
    const Milliseconds asked{request.deadline_ms()};
    return asked.count() == 0 ? lim::deadline_default : std::min(asked, lim::deadline_max);
}

}  // namespace

Connection::Connection(std::uint64_t id, Local::socket socket, Caller caller, Dispatcher& dispatcher,
                       const Clock& clock)
    : id_(id),
      socket_(std::move(socket)),
      caller_(caller),
      dispatcher_(dispatcher),
      clock_(clock),
      accepted_at_(clock.tick())
{
    socket_.non_blocking(true);
}

void Connection::close(std::string_view why)
{
    if (is_closed_) {
        return;
    }
    is_closed_ = true;
    if (!why.empty()) {
        log::warning("connection_closed",
                     {{"socket", to_string(caller_.socket)}, {"uid", caller_.uid}, {"why", why}});
    }
    boost::system::error_code ignored;
    socket_.close(ignored);
    dispatcher_.closed(id_);
}

void Connection::close_after_flush(std::string_view why)
{
    close_reason_ = why;
    is_draining_ = true;
    flush();
}

void Connection::read()
{
    if (is_closed_ || is_draining_ || is_reading_ || outbox_.size() > lim::unsent_bytes_max) {
        return;  // flush() comes back here when there is room again
    }
    is_reading_ = true;
    const auto room = decoder_.writable();
    socket_.async_read_some(
        asio::buffer(room.data(), room.size()),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
            self->is_reading_ = false;
            if (self->is_closed_) {
                return;
            }
            if (error) {
                return self->close({});
            }
            self->decoder_.commit(bytes);
            self->take_frames();
        });
}

void Connection::take_frames()
{
    while (!is_closed_ && !is_draining_) {
        const auto next = decoder_.next();
        if (!next) {
            return close(wire::to_string(next.error()));
        }
        if (!next.value()) {
            break;
        }
        frame_since_ = {};
        if (!take_request(*next.value())) {
            break;
        }
    }
    if (is_closed_) {
        return;
    }
    if (!decoder_.is_inside_frame()) {
        frame_since_ = {};
    } else if (frame_since_ == Tick{}) {
        frame_since_ = clock_.tick();
    }
    dispatcher_.end_of_read();
    flush();
    read();
}

// False when nothing more may be read.
bool Connection::take_request(const wire::Frame& frame)
{
    const std::uint64_t id = frame.header.correlation_id;
    if (frame.header.kind != wire::FrameKind::request) {
        close("it sends frames that are no requests");
        return false;
    }
    if (frame.header.version != wire::protocol_version) {
        ++in_flight_;
        answer(id, Refusal{v1::VERSION_UNSUPPORTED, "this keyd speaks version 1 of the protocol"});
        close_after_flush(
            "it speaks another version of the protocol: install the same release of both programs");
        return false;
    }
    ++in_flight_;
    auto request = wire::parse_request(frame.body);
    if (!request) {
        answer(id, Refusal{v1::MALFORMED_REQUEST, "the request does not parse"});
        return true;
    }
    if (!is_greeted_ || request->has_hello()) {
        return take_first_request(id, *request);
    }
    if (in_flight_ > limits::keyd_in_flight_max) {
        answer(id, Refusal{v1::OVERLOADED, "too many requests in flight on this connection",
                           lim::overloaded_retry_after_ms});
        return true;
    }
    request->set_request_id(wire::clean_request_id(request->request_id()));
    const Tick deadline = clock_.tick() + deadline_of(*request);
    dispatcher_.dispatch(*this, Call{id_, id, caller_, deadline, nullptr, std::move(*request), std::nullopt});
    return !is_closed_;
}

// The first request must be Hello; a later Hello is answered the same way.
bool Connection::take_first_request(std::uint64_t correlation_id, const v1::Request& request)
{
    if (!request.has_hello()) {
        answer(correlation_id,
               Refusal{v1::HELLO_REQUIRED, "the first request of a connection must be Hello"});
        close_after_flush("its first request was not Hello");
        return false;
    }
    const v1::Hello& hello = request.hello();
    if (hello.version_min() > wire::protocol_version || hello.version_max() < wire::protocol_version) {
        answer(correlation_id,
               Refusal{v1::VERSION_UNSUPPORTED,
                       "no common protocol version: install the same release of both programs"});
        close_after_flush(
            "it speaks another version of the protocol: install the same release of both programs");
        return false;
    }
    if (!is_greeted_) {
        is_greeted_ = true;
        log::info("connection_greeted",
                  {{"socket", to_string(caller_.socket)},
                   {"uid", caller_.uid},
                   {"client", std::string_view{hello.client()}.substr(0, client_chars_max)}});
    }
    v1::Response response;
    response.mutable_welcome()->set_version(wire::protocol_version);
    response.mutable_welcome()->set_server("tessera-keyd " TESSERA_VERSION);
    answer(correlation_id, response);
    return true;
}

void Connection::answer(std::uint64_t correlation_id, const Answer<v1::Response>& answer)
{
    append_answer(outbox_.tail(), correlation_id, answer);
    --in_flight_;
}

void Connection::answer(std::string_view frame)
{
    outbox_.tail().append(frame);
    --in_flight_;
}

void Connection::push(const v1::Event& event)
{
    if (!wire::append_frame(outbox_.tail(), wire::FrameKind::event, 0, event)) {
        close("an event is longer than a frame");
    }
}

void Connection::flush()
{
    if (is_closed_ || is_write_blocked_) {
        return;
    }
    switch (outbox_.flush(socket_)) {
    case wire::Outbox::Flushed::all:
        blocked_since_ = {};
        if (!close_reason_.empty()) {
            return close(close_reason_);
        }
        return read();
    case wire::Outbox::Flushed::broken: return close({});
    case wire::Outbox::Flushed::blocked: break;
    }
    is_write_blocked_ = true;
    blocked_since_ = clock_.tick();
    socket_.async_wait(asio::socket_base::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->is_write_blocked_ = false;
                           if (!error && !self->is_closed_) {
                               self->flush();
                           }
                       });
}

void Connection::check_limits(Tick now)
{
    if (!is_greeted_ && now - accepted_at_ > lim::hello_max) {
        return close("it did not say Hello in time");
    }
    if (frame_since_ != Tick{} && now - frame_since_ > lim::frame_max) {
        return close("it did not finish a frame in time");
    }
    if (is_write_blocked_ && now - blocked_since_ > lim::blocked_max) {
        return close("it does not read its answers");
    }
}

}  // namespace tessera::keyd::server
