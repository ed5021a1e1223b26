// Zero-downtime restart: a new process of the same program inherits the listening sockets (sd_listen_fds(3)) and, once it
// accepts, asks the old one to drain. No connection is refused and none is lost: both share one accept queue.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/http/sockets.hpp"

namespace tessera::http {

// Starts `program` with `arguments` and the sockets; its environment names this process in TESSERA_REPLACES. Returns the
// child's pid; nothing when it could not be started.
std::optional<int> start_successor(const std::string& program, std::span<const std::string> arguments,
                                   const std::vector<NamedSocket>& sockets);

// In the successor, once it accepts: SIGTERM to the parent that started it, if there is one and it still is our parent.
void retire_predecessor();

}  // namespace tessera::http
