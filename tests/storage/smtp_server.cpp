#include "tests/storage/smtp_server.hpp"

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include "base/ascii.hpp"

namespace tessera::tests {

namespace asio = boost::asio;
using asio::ip::tcp;

SmtpReply SmtpServer::accept_all(const std::string& step)
{
    if (step == "CONNECT") {
        return {"220 test"};
    }
    if (step == "DATA") {
        return {"354 go on"};
    }
    if (step == "QUIT") {
        return {"221 bye", SmtpReply::Then::close};
    }
    return {"250 ok"};
}

SmtpServer::SmtpServer(Script script)
    : script_(std::move(script)),
      acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
      port_(acceptor_.local_endpoint().port())
{
    accepting_ = std::thread{[this] { accept(); }};
}

SmtpServer::~SmtpServer()
{
    ending_ = true;
    boost::system::error_code ignored;
    tcp::socket{io_}.connect(acceptor_.local_endpoint(), ignored);
    accepting_.join();
    for (Socket& socket : sockets_) {
        socket.shutdown(tcp::socket::shutdown_both, ignored);
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

std::vector<std::string> SmtpServer::mails() const
{
    const std::lock_guard lock{mutex_};
    return mails_;
}

bool SmtpServer::wait_for_mails(std::size_t count)
{
    std::unique_lock lock{mutex_};
    return came_.wait_for(lock, std::chrono::seconds{20}, [&] { return mails_.size() >= count; });
}

std::string SmtpServer::told() const
{
    const std::lock_guard lock{mutex_};
    return told_;
}

void SmtpServer::accept()
{
    while (true) {
        Socket socket{io_};
        boost::system::error_code error;
        acceptor_.accept(socket, error);
        if (ending_ || error) {
            return;
        }
        ++connections_;
        Socket& kept = sockets_.emplace_back(std::move(socket));
        threads_.emplace_back([this, &kept] { serve(kept); });
    }
}

std::string SmtpServer::read_line(Socket& socket, std::string& buffer)
{
    const std::size_t bytes = asio::read_until(socket, asio::dynamic_buffer(buffer), "\r\n");
    std::string line = buffer.substr(0, bytes - 2);
    buffer.erase(0, bytes);
    const std::lock_guard lock{mutex_};
    told_ += line + "\n";
    return line;
}

std::string SmtpServer::read_mail(Socket& socket, std::string& buffer)
{
    const std::size_t bytes = asio::read_until(socket, asio::dynamic_buffer(buffer), "\r\n.\r\n");
    std::string mail = buffer.substr(0, bytes - 3);
    buffer.erase(0, bytes);
    return mail;
}

// False when that was the last word.
bool SmtpServer::say(Socket& socket, const SmtpReply& reply)
{
    if (!reply.line.empty()) {
        asio::write(socket, asio::buffer(reply.line + "\r\n"));
    }
    if (reply.then == SmtpReply::Then::hang) {
        std::string rest;
        boost::system::error_code ended;
        asio::read_until(socket, asio::dynamic_buffer(rest), "\n\n\n\n", ended);
    }
    return reply.then == SmtpReply::Then::go_on;
}

void SmtpServer::serve(Socket& socket)
{
    try {
        std::string buffer;
        bool on = say(socket, script_("CONNECT"));
        while (on) {
            const std::string line = read_line(socket, buffer);
            std::string step = line.substr(0, line.find_first_of(" :"));
            for (char& c : step) {
                c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            }
            SmtpReply reply = script_(step);
            on = say(socket, reply);
            if (on && step == "DATA" && reply.line.starts_with("354")) {
                const std::string mail = read_mail(socket, buffer);
                reply = script_(".");
                if (reply.line.starts_with("250")) {
                    const std::lock_guard lock{mutex_};
                    mails_.push_back(mail);
                }
                on = say(socket, reply);
                came_.notify_all();
            }
        }
    } catch (const std::exception&) {
        // The client went away: what it did before is what counts.
    }
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace tessera::tests
