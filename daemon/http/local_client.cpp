#include "daemon/http/local_client.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace tessera::http {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor()
    {
        if (number_ >= 0) {
            close(number_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

LocalFailure failed(const std::string& socket_path)
{
    return {fmt::format("{}: {}", socket_path, std::strerror(errno))};
}

Result<void, LocalFailure> connect_to(int descriptor, const std::string& socket_path, Seconds limit)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.size() >= sizeof address.sun_path) {
        return LocalFailure{socket_path + ": too long for a Unix socket"};
    }
    std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size());
    const timeval timeout{limit.count(), 0};
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return failed(socket_path);
    }
    return ok();
}

Result<std::string, LocalFailure> exchange(int descriptor, const std::string& socket_path,
                                           std::string_view request)
{
    while (!request.empty()) {
        const ssize_t sent = send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            return failed(socket_path);
        }
        request.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string answer;
    std::array<char, 16384> chunk{};
    for (;;) {
        const ssize_t got = recv(descriptor, chunk.data(), chunk.size(), 0);
        if (got < 0) {
            return failed(socket_path);
        }
        if (got == 0) {
            return answer;
        }
        answer.append(chunk.data(), static_cast<std::size_t>(got));
        if (answer.size() > local_answer_bytes_max) {
            return LocalFailure{socket_path + ": the answer is too long"};
        }
    }
}

}  // namespace

Result<LocalAnswer, LocalFailure> local_request(const std::string& socket_path, const std::string& method,
                                                const std::string& target, const std::string& body,
                                                Seconds limit)
{
    const Descriptor descriptor{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    TRY(connect_to(descriptor.number(), socket_path, limit));
    std::string request =
        fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, target);
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
        request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    }
    request += "\r\n" + body;
    TRY(auto bytes, exchange(descriptor.number(), socket_path, request));
    const auto head_end = bytes.find("\r\n\r\n");
    LocalAnswer answer;
    constexpr std::string_view version = "HTTP/1.1 ";
    const bool http = bytes.starts_with(version) && head_end != std::string::npos;
    if (!http
        || std::from_chars(bytes.data() + version.size(), bytes.data() + version.size() + 3, answer.status).ec
               != std::errc{}) {
        return LocalFailure{socket_path
                            + ": the answer is not HTTP; is this the console socket of tessera serve?"};
    }
    answer.body = bytes.substr(head_end + 4);
    return answer;
}

}  // namespace tessera::http
