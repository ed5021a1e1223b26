// sd_notify(3) without libsystemd: tells the service manager that we are ready, alive, stopping, or who we are now.
#pragma once

#include <string_view>

namespace tessera {

// `socket` is $NOTIFY_SOCKET's text, a path or "@" and an abstract name; empty = there is no manager, nothing is done.
// `state` is one or more lines "READY=1", "WATCHDOG=1", "STATUS=…". Never blocks; a manager that does not listen is no
// reason to fail.
void sd_notify(std::string_view socket, std::string_view state);

}  // namespace tessera
