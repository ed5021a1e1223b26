// The asynchronous client of tessera-keyd.
//
// One Client per event loop; every call and every callback happens on that loop's thread. Requests are pipelined over one
// connection, which is opened at once and reopened with back-off when it breaks. A call made while there is no connection
// waits for one until its deadline, then fails with KeydFault::unavailable. A request in flight when the connection breaks
// fails with KeydFault::unavailable: whether keyd carried it out is unknown (harmless for every front operation).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "keyd/client/error.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

struct ClientOptions {
    std::string socket_path;
    std::string program;             // for keyd's log: "tessera serve 0.1.0"
    Milliseconds deadline{2000};     // of one call, when the call names none
    std::size_t waiting_max = 4096;  // calls waiting or in flight; one more fails at once
    bool watch = true;               // subscribe to KeyringChanged and HealthChanged
};

// Everything keyd tells without being asked. Called on the loop's thread.
struct ClientEvents {
    std::function<void(const v1::KeyringChanged&)> keyring_changed;
    std::function<void(const v1::Health&)> health_changed;
    // A connection is up (again): what was cached before may be stale and must be dropped.
    std::function<void()> connected;
    std::function<void()> disconnected;
};

class Client {
public:
    Client(asio::io_context& loop, ClientOptions options, ClientEvents events);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Starts connecting. Once.
    void start();
    // Fails everything in flight and closes. The destructor does the same.
    void stop();
    bool is_connected() const;

    // Sends `request` (its deadline_ms is set here) and returns keyd's answer, never an Error outcome: that becomes the
    // KeydError. The response has the outcome that belongs to the request's operation (checked).
    Async<Result<v1::Response, KeydError>> call(v1::Request request);
    Async<Result<v1::Response, KeydError>> call(v1::Request request, Milliseconds deadline);

private:
    class Connection;
    // Shared with the coroutines of the connection, which may outlive the Client by one turn of the loop.
    std::shared_ptr<Connection> connection_;
};

}  // namespace tessera::keyd
