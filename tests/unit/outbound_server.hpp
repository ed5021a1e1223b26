// A server on loopback for tests of what goes out: counts connections, notes requests, answers as it is told. With a
// certificate it speaks TLS.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace tessera::tests {

// A certificate authority in a temporary directory, and certificates it made.
class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    std::string ca_file() const { return (directory_ / "ca.pem").string(); }
    // `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". Days may be negative: expired.
    boost::asio::ssl::context certificate_for(const std::string& names, int days = 1) const;

private:
    void openssl(const std::string& arguments) const;
    std::filesystem::path directory_;
};

struct Answer {
    std::string bytes;
    bool hang = false;  // keep the connection open after them
};
inline Answer http_answer(const std::string& head, const std::string& body = {})
{
    return {"HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}

class OutboundServer {
public:
    using Handler = std::function<Answer(const std::string& request)>;

    explicit OutboundServer(Handler handler, std::optional<boost::asio::ssl::context> tls = {},
                            const std::string& address = "127.0.0.1");
    ~OutboundServer();
    OutboundServer(const OutboundServer&) = delete;
    OutboundServer& operator=(const OutboundServer&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }
    // "http://127.0.0.1:12345/path"
    std::string url(const std::string& path, const std::string& scheme = "http",
                    const std::string& host = "127.0.0.1") const
    {
        return scheme + "://" + host + ":" + std::to_string(port_) + path;
    }
    std::string last_request() const
    {
        const std::lock_guard lock{mutex_};
        return last_request_;
    }

private:
    using Socket = boost::asio::ip::tcp::socket;

    void accept();
    void serve(Socket& socket);
    template <class Stream>
    void converse(Stream& stream);

    Handler handler_;
    std::optional<boost::asio::ssl::context> tls_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::atomic<int> connections_{0};
    std::atomic<bool> ending_{false};
    mutable std::mutex mutex_;
    std::string last_request_;
    std::list<Socket> sockets_;
    std::vector<std::thread> threads_;  // of the connections
    std::thread accepting_;
};

}  // namespace tessera::tests
