// Listening sockets: inherited (sd_listen_fds(3)) or bound here. A descriptor, not yet part of any event loop.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "daemon/http/request.hpp"

namespace tessera::http {

// Closes its descriptor.
class SocketFd {
public:
    explicit SocketFd(int fd) : fd_(fd) {}
    SocketFd(SocketFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    SocketFd& operator=(SocketFd&& other) noexcept;
    ~SocketFd();
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    SocketFd duplicate() const;

private:
    int fd_;
};

struct SocketError {
    std::string text;  // names the address and what to do
};

struct NamedSocket {
    std::string name;  // "http", "admin", "console"
    SocketFd fd;
};

// Who is at the other end of a connected socket, as the kernel says; empty members when it does not.
Peer peer_of(int socket);

// What LISTEN_FDS, LISTEN_FDNAMES and LISTEN_PID hand to this process; the variables are removed. Once, before threads.
std::vector<NamedSocket> take_inherited_sockets();

// An error when another process listens there. SO_REUSEPORT alone would let a second server in beside it, unnoticed.
Result<void, SocketError> check_free(const std::string& host, std::uint16_t port);
// With SO_REUSEPORT: each event loop has a socket of its own and the kernel spreads connections over them.
Result<SocketFd, SocketError> bind_tcp(const std::string& host, std::uint16_t port);
// The kernel leaves every new attempt to connect to this TCP socket without an answer; handshakes under way are finished.
// It binds whoever else has the socket too. A connection accepted afterwards may have inherited it: hear_again().
// False when the kernel refuses.
bool ignore_new_connections(const SocketFd& socket);
void hear_again(int socket);
// Replaces a socket file nobody listens on. Any user may connect; SO_PEERCRED decides.
Result<SocketFd, SocketError> bind_unix(const std::string& path);

}  // namespace tessera::http
