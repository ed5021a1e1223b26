#include "daemon/http/session.hpp"

#include <type_traits>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "base/log.hpp"
#include "daemon/http/correlation.hpp"
#include "daemon/http/parser.hpp"
#include "daemon/http/serialize.hpp"
#include "daemon/http/sockets.hpp"

namespace tessera::http {

namespace {

using boost::system::error_code;
using TlsStream = asio::ssl::stream<Socket>;

constexpr std::size_t read_bytes = 4096;
// Content up to this size travels in the head's buffer.
constexpr std::size_t copied_content_bytes_max = 16 * 1024;

template <class Stream>
class Session final : public Connection {
public:
    Session(Site& site, Stream stream)
        : Connection(site.connections),
          site_(site),
          stream_(std::move(stream)),
          parser_(site.limits),
          peer_(peer_of(socket().native_handle()))
    {
        peer_.tls = is_tls;
    }

    Async<void> run()
    {
        if (!co_await read_proxy_header() || !co_await handshake()) {
            co_return;
        }
        while (co_await serve_one()) {}
        co_await close();
    }

private:
    static constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;

    Socket& socket()
    {
        if constexpr (is_tls) {
            return stream_.next_layer();
        } else {
            return stream_;
        }
    }

    void interrupt() override
    {
        error_code ec;
        socket().cancel(ec);
    }

    std::string_view unread() const { return std::string_view{in_}.substr(taken_, filled_ - taken_); }

    void take(std::size_t bytes)
    {
        taken_ += bytes;
        if (taken_ == filled_) {
            taken_ = filled_ = 0;
        }
    }

    // More bytes into unread(); false at the end of the stream, on an error and when the phase is late.
    template <class From>
    Async<bool> read_more(From& from)
    {
        if (taken_ > 0 && in_.size() - filled_ < read_bytes) {
            in_.erase(0, taken_);
            filled_ -= taken_;
            taken_ = 0;
        }
        if (in_.size() - filled_ < read_bytes / 2) {
            in_.resize(filled_ + read_bytes);
        }
        if (is_late()) {
            co_return false;
        }
        error_code ec;
        filled_ += co_await from.async_read_some(asio::buffer(in_.data() + filled_, in_.size() - filled_),
                                                 asio::redirect_error(asio::use_awaitable, ec));
        co_return !ec && !is_late();
    }

    // Before TLS and HTTP: the PROXY header of a configured hop.
    Async<bool> read_proxy_header()
    {
        error_code ec;
        const auto address = asio::ip::make_address(peer_.address, ec);
        if (!site_.proxy_protocol || ec || !site_.trusted.contains(address)) {
            co_return true;
        }
        enter(Phase::handshake);
        // Read to its last byte and no further: what follows belongs to TLS.
        std::string header(proxy_header_bytes_max, '\0');
        std::size_t have = 0;
        std::size_t want = 16;
        while (true) {
            have += co_await socket().async_read_some(asio::buffer(header.data() + have, want - have),
                                                      asio::redirect_error(asio::use_awaitable, ec));
            const auto parsed = parse_proxy_v2(std::string_view{header}.substr(0, have));
            if (parsed.has_value()) {
                if (!parsed.value().local) {
                    peer_.address = parsed.value().address;
                    peer_.port = parsed.value().port;
                }
                co_return true;
            }
            if (ec || is_late() || parsed.error() == ProxyFault::malformed) {
                log::warning("proxy_header_refused", {{"peer", peer_.address}});
                co_return false;
            }
            if (have >= 16) {
                want = 16 + static_cast<unsigned char>(header[14]) * 256U
                       + static_cast<unsigned char>(header[15]);
            }
        }
    }

    Async<bool> handshake()
    {
        if constexpr (is_tls) {
            enter(Phase::handshake);
            error_code ec;
            co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                             asio::redirect_error(asio::use_awaitable, ec));
            if (ec || is_late()) {
                site_.metrics.count(Counter::tls_handshake_failures);
                co_return false;
            }
        }
        co_return true;
    }

    // Reads a head. False when there is nothing to answer; a refusal is answered here.
    Async<bool> read_head()
    {
        parser_.next();
        enter(unread().empty() ? Phase::idle : Phase::head);
        while (true) {
            std::size_t consumed = 0;
            const auto need = unread().empty() ? Parser::Need::more : parser_.feed_head(unread(), consumed);
            take(consumed);
            if (need == Parser::Need::refused) {
                co_await refuse(parser_.refusal());
                co_return false;
            }
            if (need != Parser::Need::more) {
                body_follows_ = need == Parser::Need::body;
                co_return true;
            }
            if (!co_await read_more(stream_)) {
                if (phase() == Phase::head && is_late()) {
                    co_await refuse({408, "The request header did not arrive in time."});
                }
                co_return false;
            }
            if (phase() == Phase::idle) {
                enter(Phase::head);
            }
        }
    }

    Async<bool> read_body()
    {
        if (!parser_.set_body_limit(site_.service.body_bytes_max(parser_.request()))) {
            co_await refuse(parser_.refusal());
            co_return false;
        }
        enter(Phase::body);
        if (parser_.expects_continue() && unread().empty()
            && !co_await write_text("HTTP/1.1 100 Continue\r\n\r\n")) {
            co_return false;
        }
        BodyBytes received{site_.connections};
        while (true) {
            std::size_t consumed = 0;
            const auto need = unread().empty() ? Parser::Need::more : parser_.feed_body(unread(), consumed);
            take(consumed);
            if (!received.add(consumed)) {
                co_await refuse({503, "The server is receiving as many bodies as it can hold."});
                co_return false;
            }
            if (need == Parser::Need::refused) {
                co_await refuse(parser_.refusal());
                co_return false;
            }
            if (need == Parser::Need::nothing) {
                co_return true;
            }
            if (!co_await read_more(stream_)) {
                if (is_late()) {
                    co_await refuse({408, "The request body did not arrive in time."});
                }
                co_return false;
            }
        }
    }

    // One request and its answer; false when it was the connection's last.
    Async<bool> serve_one()
    {
        if (!co_await read_head()) {
            co_return false;
        }
        if (body_follows_ && !co_await read_body()) {
            co_return false;
        }
        Request& request = parser_.request();
        request.peer = peer_;
        request.received = site_.clock.tick();
        correlate(request);
        apply_forwarded(request, site_.trusted, site_.forwarded_by);
        enter(Phase::handling);
        Response response = co_await answer(request);
        Framing framing;
        framing.head_only = request.method == Method::head;
        framing.http10 = parser_.is_http10();
        framing.tls = request.peer.tls;
        framing.request_id = request.request_id;
        framing.after = parser_.keep_alive() && !must_close() ? AfterResponse::keep : AfterResponse::close;
        if (!co_await write(response, framing)) {
            co_return false;
        }
        if (response.pause.count() > 0 && framing.after == AfterResponse::keep) {
            co_await pause(response.pause);
        }
        co_return framing.after == AfterResponse::keep;
    }

    // Draining: the last answer says so, but what was sent before the client could know is still answered.
    bool must_close()
    {
        error_code ec;
        return is_draining() && unread().empty() && socket().available(ec) == 0;
    }

    Async<Response> answer(const Request& request)
    {
        try {
            co_return co_await site_.service.answer(request);
        } catch (const std::exception& error) {
            log::write(log::Level::error, "handler_failed", request.request_id,
                       {{"path", request.path}, {"detail", error.what()}});
        }
        site_.metrics.count(Counter::handler_exceptions);
        co_return json_error(500, "server_error", "The request could not be carried out.");
    }

    Async<void> pause(Milliseconds time)
    {
        asio::steady_timer timer{co_await asio::this_coro::executor};
        timer.expires_after(time);
        error_code ec;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }

    Async<bool> write_text(std::string_view text)
    {
        error_code ec;
        co_await asio::async_write(stream_, asio::buffer(text.data(), text.size()),
                                   asio::redirect_error(asio::use_awaitable, ec));
        co_return !ec && !is_late();
    }

    Async<bool> write(const Response& response, const Framing& framing)
    {
        enter(Phase::write);
        out_.clear();
        serialize_head(out_, response, framing, site_.clock.now());
        const std::string_view content =
            has_content(response, framing) ? response.content() : std::string_view{};
        if (content.size() <= copied_content_bytes_max) {
            out_ += content;
            co_return co_await write_text(out_);
        }
        error_code ec;
        const std::array<asio::const_buffer, 2> both = {asio::buffer(out_),
                                                        asio::buffer(content.data(), content.size())};
        co_await asio::async_write(stream_, both, asio::redirect_error(asio::use_awaitable, ec));
        co_return !ec && !is_late();
    }

    // Answers what will not be read any further.
    Async<void> refuse(Refusal refusal)
    {
        forgive();
        const Counter counter = refusal.status == 408   ? Counter::requests_timed_out
                                : refusal.status == 400 ? Counter::requests_malformed
                                : refusal.status == 503 ? Counter::requests_shed_process
                                                        : Counter::requests_too_large;
        site_.metrics.count(counter);
        Framing framing;
        framing.after = AfterResponse::close;
        framing.tls = peer_.tls;
        const std::string id = new_request_id();
        framing.request_id = id;
        const bool is_ours = refusal.status == 503;
        Response response = json_error(
            refusal.status, is_ours ? "temporarily_unavailable" : "invalid_request", refusal.description);
        if (is_ours) {
            response.set("Retry-After", "1");
        }
        co_await write(response, framing);
        log::write(log::Level::info, "request_refused", id,
                   {{"status", refusal.status}, {"why", refusal.description}, {"peer", peer_.address}});
    }

    // RFC 9112 §9.6: closes our half and reads on for a while, or a reset could overtake the answer.
    Async<void> close()
    {
        if (is_late()) {
            co_return;
        }
        enter(Phase::linger);
        error_code ec;
        if constexpr (is_tls) {
            SSL_set_shutdown(stream_.native_handle(),
                             SSL_RECEIVED_SHUTDOWN);  // send close_notify, do not wait for theirs
            co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
        }
        socket().shutdown(Socket::shutdown_send, ec);
        taken_ = filled_ = 0;
        std::size_t dropped = 0;
        while (!ec && dropped < site_.limits.linger_bytes_max && co_await read_more(socket())) {
            dropped += filled_;
            filled_ = 0;
        }
    }

    Site& site_;
    Stream stream_;
    Parser parser_;
    Peer peer_;
    std::string in_;  // bytes [taken_, filled_) are unread
    std::size_t taken_ = 0;
    std::size_t filled_ = 0;
    bool body_follows_ = false;
    std::string out_;
};

template <class Stream>
Async<void> run_session(std::unique_ptr<Session<Stream>> session)
{
    co_await session->run();
}

}  // namespace

void start_session(asio::io_context& loop, Site& site, Socket socket)
{
    const auto failed = [](std::exception_ptr error) {
        if (error) {
            log::error("session_failed");
        }
    };
    if (site.tls) {
        asio::co_spawn(
            loop,
            run_session(std::make_unique<Session<TlsStream>>(site, TlsStream{std::move(socket), *site.tls})),
            failed);
    } else {
        asio::co_spawn(loop, run_session(std::make_unique<Session<Socket>>(site, std::move(socket))), failed);
    }
}

}  // namespace tessera::http
