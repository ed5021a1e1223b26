// The two listening sockets: made here, or inherited from a service manager or a predecessor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "base/result.hpp"
#include "keyd/server/operation.hpp"

namespace tessera::keyd::server {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

struct ListenError {
    std::string text;  // what is wrong and what to do
};

struct ListenOptions {
    std::string path;
    // With a group, the socket is that group's, mode 0660. Without one its mode is 0600 when only keyd's own user may call,
    // else 0666: the uid list decides, which every connection is checked against anyway.
    std::string group;
    std::vector<std::uint32_t> uids;  // who may call
};

struct Listener {
    SocketKind kind;
    Local::acceptor acceptor;
    std::vector<std::uint32_t> uids;
    std::string path;  // to remove at the end; empty when inherited
};

// File descriptors a service manager passed (sd_listen_fds(3)), by name.
struct InheritedSockets {
    std::optional<int> front;
    std::optional<int> admin;
};

// Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, and makes the descriptors close-on-exec. Names other than front and admin
// are an error.
Result<InheritedSockets, ListenError> inherited_sockets();

// Replaces a socket nobody listens on; refuses when somebody does, or when the path is something else.
Result<Listener, ListenError> listen_at(asio::io_context& loop, SocketKind kind,
                                        const ListenOptions& options);
Result<Listener, ListenError> listen_on(asio::io_context& loop, SocketKind kind, int descriptor,
                                        const ListenOptions& options);

// User ids from numbers and names ("tessera"). Empty gives keyd's own.
Result<std::vector<std::uint32_t>, ListenError> resolve_uids(const std::vector<std::string>& names);

// The peer's uid, by the kernel's word; nothing when the socket has no peer any more.
std::optional<std::uint32_t> peer_uid(Local::socket& socket);

}  // namespace tessera::keyd::server
