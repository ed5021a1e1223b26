#include <boost/test/unit_test.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http/sockets.hpp"

using namespace tessera::http;

BOOST_AUTO_TEST_SUITE(http_sockets)

namespace {

using Endpoint = boost::asio::ip::tcp::endpoint;

Endpoint name_of(const SocketFd& socket)
{
    Endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    BOOST_REQUIRE(getsockname(socket.get(), endpoint.data(), &size) == 0);
    return endpoint;
}

SocketFd begin_to_connect(const Endpoint& to)
{
    SocketFd socket{::socket(to.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    const int connected = connect(socket.get(), to.data(), static_cast<socklen_t>(to.size()));
    BOOST_REQUIRE(connected == -1 && errno == EINPROGRESS);
    return socket;
}

bool happens(const SocketFd& socket, short event, int milliseconds)
{
    pollfd wanted{socket.get(), event, 0};
    return poll(&wanted, 1, milliseconds) == 1;
}

// Whether an attempt to connect has an outcome within `milliseconds`.
bool is_decided(const SocketFd& socket, int milliseconds) { return happens(socket, POLLOUT, milliseconds); }

bool has_input(const SocketFd& socket, int milliseconds) { return happens(socket, POLLIN, milliseconds); }

int outcome_of(const SocketFd& socket)
{
    int error = 0;
    socklen_t size = sizeof error;
    BOOST_REQUIRE(getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0);
    return error;
}

}  // namespace

BOOST_AUTO_TEST_CASE(whoever_connected_before_new_connections_are_ignored_is_served_and_the_rest_refused)
{
    for (const std::string host : {"127.0.0.1", "::1"}) {
        auto bound = bind_tcp(host, 0);
        if (bound.has_error() && host == "::1") {
            BOOST_TEST_MESSAGE("the loopback interface has no IPv6 address");
            continue;
        }
        BOOST_REQUIRE(bound.has_value());
        SocketFd listening = std::move(bound.value());
        const Endpoint address = name_of(listening);
        const SocketFd before = begin_to_connect(address);
        BOOST_TEST(is_decided(before, 5000));
        BOOST_TEST(outcome_of(before) == 0);

        BOOST_REQUIRE(ignore_new_connections(listening));
        const SocketFd after = begin_to_connect(address);
        BOOST_TEST(!is_decided(after, 50));

        BOOST_TEST(send(before.get(), "hello", 5, MSG_NOSIGNAL) == 5);
        const SocketFd accepted{accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        std::string received(5, '\0');
        BOOST_TEST(recv(accepted.get(), received.data(), received.size(), MSG_WAITALL) == 5);
        BOOST_TEST(received == "hello");

        // As a connection is whose handshake ended after the listening socket was told to ignore new ones.
        BOOST_REQUIRE(ignore_new_connections(accepted));
        BOOST_TEST(send(before.get(), "again", 5, MSG_NOSIGNAL) == 5);
        BOOST_TEST(!has_input(accepted, 50));
        hear_again(accepted.get());
        BOOST_TEST(has_input(accepted, 5000));

        {
            const SocketFd closed = std::move(listening);
        }
        BOOST_TEST(is_decided(after, 10'000));
        BOOST_TEST(outcome_of(after) == ECONNREFUSED);
    }
}

BOOST_AUTO_TEST_SUITE_END()
