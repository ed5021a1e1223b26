#include "daemon/http/sockets.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace tessera::http {

namespace asio = boost::asio;

namespace {

constexpr int backlog = 4096;
constexpr int first_inherited_fd = 3;

int number_in(const char* text)
{
    int number = 0;
    if (text != nullptr) {
        std::from_chars(text, text + std::strlen(text), number);
    }
    return number;
}

// Packets that come with a lower TTL (RFC 5082 §3) are dropped, but for the ACK that ends a handshake, which Linux lets pass.
// A socket filter would do the same, but newer kernels take one on TCP from CAP_NET_ADMIN only.
constexpr int nobody_is_so_near = 255;

bool set_ttl_min(int socket, int ttl_min)
{
    int family = 0;
    socklen_t size = sizeof family;
    getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family == AF_INET6
               ? setsockopt(socket, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &ttl_min, sizeof ttl_min) == 0
               : setsockopt(socket, IPPROTO_IP, IP_MINTTL, &ttl_min, sizeof ttl_min) == 0;
}

std::string reason() { return std::strerror(errno); }

SocketError cannot_listen(const std::string& host, std::uint16_t port)
{
    return {fmt::format("cannot listen on {}:{}: {}; stop who has it or choose another address", host, port,
                        reason())};
}

bool answers(const sockaddr_un& address)
{
    const SocketFd probe{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

SocketFd& SocketFd::operator=(SocketFd&& other) noexcept
{
    std::swap(fd_, other.fd_);
    return *this;
}

SocketFd::~SocketFd()
{
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

SocketFd SocketFd::duplicate() const { return SocketFd{fcntl(fd_, F_DUPFD_CLOEXEC, first_inherited_fd)}; }

Peer peer_of(int socket)
{
    Peer peer;
    asio::ip::tcp::endpoint address;
    auto* const name = reinterpret_cast<sockaddr*>(address.data());
    auto size = static_cast<socklen_t>(address.capacity());
    if (getpeername(socket, name, &size) != 0) {
        return peer;
    }
    if (name->sa_family == AF_UNIX) {
        ucred credentials{};
        size = sizeof credentials;
        if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0) {
            peer.uid = credentials.uid;
        }
    } else if (size <= address.capacity()) {
        address.resize(size);
        peer.address = address.address().to_string();
        peer.port = address.port();
    }
    return peer;
}

std::vector<NamedSocket> take_inherited_sockets()
{
    std::vector<NamedSocket> sockets;
    const int count = number_in(std::getenv("LISTEN_FDS"));
    const char* names = std::getenv("LISTEN_FDNAMES");
    std::string_view rest = names == nullptr ? std::string_view{} : std::string_view{names};
    if (number_in(std::getenv("LISTEN_PID")) == getpid()) {
        for (int i = 0; i < count; ++i) {
            const auto colon = rest.find(':');
            const int fd = first_inherited_fd + i;
            fcntl(fd, F_SETFD, FD_CLOEXEC);
            sockets.push_back({std::string{rest.substr(0, colon)}, SocketFd{fd}});
            rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
        }
    }
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return sockets;
}

Result<void, SocketError> check_free(const std::string& host, std::uint16_t port)
{
    const boost::asio::ip::tcp::endpoint endpoint{boost::asio::ip::make_address(host), port};
    const SocketFd probe{socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int on = 1;
    setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (endpoint.protocol().family() == AF_INET6) {
        setsockopt(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (port != 0 && bind(probe.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) {
        return cannot_listen(host, port);
    }
    return ok();
}

Result<SocketFd, SocketError> bind_tcp(const std::string& host, std::uint16_t port)
{
    const boost::asio::ip::tcp::endpoint endpoint{boost::asio::ip::make_address(host), port};
    SocketFd fd{socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const int on = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (endpoint.protocol().family() == AF_INET6) {
        setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0
        || listen(fd.get(), backlog) != 0) {
        return cannot_listen(host, port);
    }
    return fd;
}

bool ignore_new_connections(const SocketFd& socket) { return set_ttl_min(socket.get(), nobody_is_so_near); }

void hear_again(int socket) { set_ttl_min(socket, 0); }

Result<SocketFd, SocketError> bind_unix(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        return SocketError{fmt::format("{}: too long for a Unix socket", path)};
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    struct stat status{};
    if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
        if (answers(address)) {
            return SocketError{fmt::format("{}: another process listens on it", path)};
        }
        unlink(path.c_str());
    }
    SocketFd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || chmod(path.c_str(), 0666) != 0 || listen(fd.get(), backlog) != 0) {
        return SocketError{fmt::format("cannot listen on {}: {}", path, reason())};
    }
    return fd;
}

}  // namespace tessera::http
