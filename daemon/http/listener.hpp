// Accepts connections of one socket on one event loop and starts their sessions.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>

#include "daemon/http/session.hpp"
#include "daemon/http/sockets.hpp"

namespace tessera::http {

// On its loop's thread throughout. The site outlives it.
class Listener {
public:
    Listener(asio::io_context& loop, Site& site, SocketFd socket);

    void start();
    // Takes what the kernel has accepted already, then closes: nobody who was let in is turned away.
    void stop();

private:
    Async<void> accept_for_ever();
    void admit(Socket socket);

    asio::io_context& loop_;
    Site& site_;
    asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor_;
};

}  // namespace tessera::http
