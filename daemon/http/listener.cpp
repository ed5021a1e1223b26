#include "daemon/http/listener.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/log.hpp"

namespace tessera::http {

using boost::system::error_code;

namespace {

// Out of descriptors: trying again at once would only burn the processor.
constexpr Milliseconds accept_retry{50};

int family_of(int fd)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family;
}

}  // namespace

Listener::Listener(asio::io_context& loop, Site& site, SocketFd socket)
    : loop_(loop),
      site_(site),
      acceptor_(loop)
{
    acceptor_.assign(asio::generic::stream_protocol{family_of(socket.get()), 0}, socket.release());
    acceptor_.non_blocking(true);
}

void Listener::start() { asio::co_spawn(loop_, accept_for_ever(), asio::detached); }

void Listener::stop()
{
    error_code ec;
    while (!ec && acceptor_.is_open()) {
        Socket socket{loop_};
        acceptor_.accept(socket, ec);
        if (!ec) {
            admit(std::move(socket));
        }
    }
    acceptor_.close(ec);
}

// Never throws: an exception here would end the accepting of a socket that stays open.
void Listener::admit(Socket socket)
try {
    site_.metrics.count(Counter::connections_accepted);
    if (site_.connections.size() >= site_.limits.connections_max && !site_.connections.close_oldest_idle()) {
        site_.metrics.count(Counter::connections_refused);
        return;  // closed by the destructor
    }
    const int on = 1;
    setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    hear_again(socket.native_handle());
    start_session(loop_, site_, std::move(socket));
} catch (const std::exception& error) {
    site_.metrics.count(Counter::connections_refused);
    log::warning("connection_not_served", {{"detail", error.what()}});
}

Async<void> Listener::accept_for_ever()
{
    while (acceptor_.is_open()) {
        error_code ec;
        Socket socket{loop_};
        co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, ec));
        if (!ec) {
            admit(std::move(socket));
        } else if (ec != asio::error::operation_aborted && acceptor_.is_open()) {
            log::warning("accept_failed", {{"detail", ec.message()}});
            asio::steady_timer timer{loop_};
            timer.expires_after(accept_retry);
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
    }
}

}  // namespace tessera::http
