#include "tests/unit/outbound_server.hpp"

#include <cstdlib>
#include <stdexcept>

#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace tessera::tests {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr const char* key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

std::size_t body_bytes(const std::string& head)
{
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

TestAuthority::TestAuthority()
{
    std::string name = (std::filesystem::temp_directory_path() / "tessera-ca-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error{"no temporary directory"};
    }
    directory_ = name;
    openssl(fmt::format("req -x509 {} -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test CA'", key));
}

TestAuthority::~TestAuthority() { std::filesystem::remove_all(directory_); }

void TestAuthority::openssl(const std::string& arguments) const
{
    const std::string command = fmt::format("cd {} && openssl {} >log 2>&1", directory_.string(), arguments);
    if (std::system(command.c_str()) != 0) {
        throw std::runtime_error{command};
    }
}

asio::ssl::context TestAuthority::certificate_for(const std::string& names, int days) const
{
    openssl(fmt::format(
        "req {} -keyout server.key -out server.csr -subj /CN=server -addext subjectAltName={}", key, names));
    openssl(fmt::format(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days {} -out server.pem "
        "-copy_extensions copy",
        days));
    asio::ssl::context context{asio::ssl::context::tls_server};
    context.use_certificate_chain_file((directory_ / "server.pem").string());
    context.use_private_key_file((directory_ / "server.key").string(), asio::ssl::context::pem);
    return context;
}

OutboundServer::OutboundServer(Handler handler, std::optional<asio::ssl::context> tls,
                               const std::string& address)
    : handler_(std::move(handler)),
      tls_(std::move(tls)),
      acceptor_(io_, {asio::ip::make_address(address), 0}),
      port_(acceptor_.local_endpoint().port())
{
    accepting_ = std::thread{[this] { accept(); }};
}

OutboundServer::~OutboundServer()
{
    ending_ = true;
    boost::system::error_code ignored;
    // Wakes the thread that waits in accept().
    tcp::socket{io_}.connect(acceptor_.local_endpoint(), ignored);
    accepting_.join();
    for (Socket& socket : sockets_) {
        socket.shutdown(tcp::socket::shutdown_both, ignored);
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void OutboundServer::accept()
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

void OutboundServer::serve(Socket& socket)
{
    try {
        if (tls_) {
            asio::ssl::stream<Socket&> stream{socket, *tls_};
            stream.handshake(asio::ssl::stream_base::server);
            converse(stream);
        } else {
            converse(socket);
        }
    } catch (const std::exception&) {
        // The client went away, or found the certificate wanting: that is what is tested.
    }
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
}

template <class Stream>
void OutboundServer::converse(Stream& stream)
{
    std::string buffer;
    std::array<char, 4096> piece{};
    while (true) {
        auto end = buffer.find("\r\n\r\n");
        while (end == std::string::npos || buffer.size() < end + 4 + body_bytes(buffer.substr(0, end))) {
            buffer.append(piece.data(), stream.read_some(asio::buffer(piece)));
            end = buffer.find("\r\n\r\n");
        }
        {
            const std::lock_guard lock{mutex_};
            last_request_ = buffer;
        }
        const Answer answer = handler_(buffer);
        buffer.clear();
        asio::write(stream, asio::buffer(answer.bytes));
        if (!answer.hang && answer.bytes.empty()) {
            return;
        }
    }
}

}  // namespace tessera::tests
