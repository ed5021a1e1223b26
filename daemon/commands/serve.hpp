// `tessera serve`: builds every object of the front in order, by name, and runs until told to stop.
#pragma once

#include <span>
#include <string>

namespace tessera {

// Arguments after "serve". Exit code: 0 after a drain, 1 when it could not start, 2 for wrong settings.
//
// SIGTERM and SIGINT drain, a second one ends at once; SIGHUP reads the TLS certificate again; SIGUSR2 starts a successor
// that inherits the listening sockets and retires this process.
int serve(std::span<const std::string> arguments);

}  // namespace tessera
