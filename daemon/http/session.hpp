// One connection, from accept to close: bounds, parses, asks the service, answers in order. The first of the three doors at
// which exceptions stop.
#pragma once

#include <functional>

#include <boost/asio/generic/stream_protocol.hpp>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "daemon/http/connections.hpp"
#include "daemon/http/limits.hpp"
#include "daemon/http/proxy.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/http/tls.hpp"
#include "daemon/metrics.hpp"

namespace tessera::http {

// TCP and Unix sockets alike.
using Socket = asio::generic::stream_protocol::socket;

// What stands above: both are called on the loop's thread. The request lives until the answer is there.
struct Service {
    std::function<std::size_t(const Request& head)> body_bytes_max;
    std::function<Async<Response>(const Request& request)> answer;
};

// What the sessions of one listener on one loop share. Outlives them.
struct Site {
    const Limits& limits;
    const Clock& clock;
    Metrics& metrics;
    Connections& connections;
    Service service;
    TrustedProxies trusted;
    ForwardedBy forwarded_by = ForwardedBy::x_forwarded_for;
    bool proxy_protocol = false;
    TlsContextPtr tls;  // null: plain. Replaced on the loop's thread by a reload
};

// Serves `socket` until it closes. Detached: it ends with the connection.
void start_session(asio::io_context& loop, Site& site, Socket socket);

}  // namespace tessera::http
