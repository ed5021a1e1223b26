#include "daemon/commands/listeners.hpp"

#include <algorithm>

#include "daemon/settings/serve_settings.hpp"

namespace tessera {

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

Result<ListeningSockets, http::SocketError> open_listening_sockets(const Settings& settings,
                                                                   std::size_t loops)
{
    ListeningSockets sockets{http::take_inherited_sockets()};
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
