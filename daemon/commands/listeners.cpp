#include "daemon/commands/listeners.hpp"

#include <algorithm>
#include <thread>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "daemon/settings/serve_settings.hpp"

namespace tessera {

namespace {

// From a client's SYN to its ACK, one round trip.
constexpr Milliseconds handshake_max{100};

}  // namespace

std::vector<http::SocketFd> ListeningSockets::of(std::string_view name, std::size_t loop,
                                                 std::size_t loops) const
{
    std::vector<const http::NamedSocket*> named;
    for (const http::NamedSocket& socket : all) {
        if (socket.name == name) {
            named.push_back(&socket);
        }
    }
    std::vector<http::SocketFd> sockets;
    // Fewer sockets than loops: each loop listens on all of them, and the first to wake accepts.
    for (std::size_t i = 0; i < named.size(); ++i) {
        if (named.size() < loops || i % loops == loop) {
            sockets.push_back(named[i]->fd.duplicate());
        }
    }
    return sockets;
}

void ListeningSockets::close()
{
    // Closed at once, a socket resets whoever connected since the last accept.
    if (!are_shared) {
        for (const http::NamedSocket& socket : all) {
            const bool is_tcp = socket.name != "console";
            if (is_tcp && !http::ignore_new_connections(socket.fd)) {
                log::warning("new_connections_not_ignored", {{"socket", socket.name}});
            }
        }
        std::this_thread::sleep_for(handshake_max);
    }
    all.clear();
}

Result<ListeningSockets, http::SocketError> open_listening_sockets(const Settings& settings,
                                                                   std::size_t loops)
{
    ListeningSockets sockets{http::take_inherited_sockets()};
    sockets.are_shared = !sockets.all.empty();
    const auto inherited = [&](std::string_view name) {
        return std::ranges::find(sockets.all, name, &http::NamedSocket::name) != sockets.all.end();
    };
    if (!inherited("http")) {
        for (const std::string& text : settings.list("listen")) {
            const ListenAddress address = parse_listen_address(text).value();  // checked with the settings
            TRY(http::check_free(address.host, address.port));
            for (std::size_t loop = 0; loop < loops; ++loop) {
                TRY(auto socket, http::bind_tcp(address.host, address.port));
                sockets.all.push_back({"http", std::move(socket)});
            }
        }
    }
    if (!inherited("admin") && !settings.text("admin-listen").empty()) {
        const ListenAddress address = parse_listen_address(settings.text("admin-listen")).value();
        TRY(http::check_free(address.host, address.port));
        TRY(auto socket, http::bind_tcp(address.host, address.port));
        sockets.all.push_back({"admin", std::move(socket)});
    }
    if (!inherited("console") && !settings.text("console-socket").empty()) {
        TRY(auto socket, http::bind_unix(settings.text("console-socket")));
        sockets.all.push_back({"console", std::move(socket)});
    }
    return sockets;
}

}  // namespace tessera
