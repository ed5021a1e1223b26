#include "keyd/client/client.hpp"

#include "keyd/client/connection.hpp"

namespace tessera::keyd {

Client::Client(asio::io_context& loop, ClientOptions options, ClientEvents events)
    : connection_(std::make_shared<Connection>(loop, std::move(options), std::move(events)))
{
}

Client::~Client() { connection_->stop(); }

void Client::start() { connection_->start(); }

void Client::stop() { connection_->stop(); }

bool Client::is_connected() const { return connection_->is_serving(); }

Async<Result<v1::Response, KeydError>> Client::call(v1::Request request)
{
    return connection_->call(std::move(request), Milliseconds{0});
}

Async<Result<v1::Response, KeydError>> Client::call(v1::Request request, Milliseconds deadline)
{
    return connection_->call(std::move(request), deadline);
}

}  // namespace tessera::keyd
