// A mail server on loopback that says what a test tells it to, and notes what it was told.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace tessera::tests {

struct SmtpReply {
    std::string line;  // "250 ok"
    enum class Then { go_on, close, hang } then = Then::go_on;
};

class SmtpServer {
public:
    // `step` is CONNECT, the first word of a command in upper case, or "." for the end of a mail.
    using Script = std::function<SmtpReply(const std::string& step)>;
    // Accepts everything, without TLS and AUTH.
    static SmtpReply accept_all(const std::string& step);

    explicit SmtpServer(Script script = accept_all);
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }
    // Mails whose end was answered with a 250, as they came.
    std::vector<std::string> mails() const;
    bool wait_for_mails(std::size_t count);
    // Every command line.
    std::string told() const;

private:
    using Socket = boost::asio::ip::tcp::socket;

    void accept();
    void serve(Socket& socket);
    std::string read_line(Socket& socket, std::string& buffer);
    std::string read_mail(Socket& socket, std::string& buffer);
    bool say(Socket& socket, const SmtpReply& reply);

    Script script_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::atomic<int> connections_{0};
    std::atomic<bool> ending_{false};
    mutable std::mutex mutex_;
    std::condition_variable came_;
    std::vector<std::string> mails_;
    std::string told_;
    std::list<Socket> sockets_;
    std::list<std::thread> threads_;  // of the connections
    std::thread accepting_;
};

}  // namespace tessera::tests
