// What the process gives up before it touches a secret.
#pragma once

#include <string>

#include "base/result.hpp"
#include "keyd/server/start_error.hpp"

namespace tessera::keyd::server {

// What a service manager told by the environment, read before the environment is cleared.
struct Inheritance {
    std::string notify_socket;          // $NOTIFY_SOCKET
    std::string watchdog_us;            // $WATCHDOG_USEC
    std::string credentials_directory;  // $CREDENTIALS_DIRECTORY
};

// First in main: umask 077, no core files, not dumpable or traceable by the same user, no new privileges, SIGPIPE ignored,
// small thread stacks.
void confine();

// Reads what is needed and clears the environment.
Inheritance take_environment();

// Keeps memory out of swap where the limit allows it for the whole process; says in the log when it does not. Data keys
// have locked memory of their own either way.
void lock_memory();

// Holds the state directory for this process: it must be a directory of this user that nobody else may enter, and no other
// keyd may hold it. The lock ends with the process.
Result<void, StartError> hold_state_directory(const std::string& path);

}  // namespace tessera::keyd::server
