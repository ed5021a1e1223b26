// sd_notify(3) without libsystemd: tells the service manager that we are ready, reloading, stopping, or who we are now.
#pragma once

#include <string_view>

namespace tessera {

// Does nothing without NOTIFY_SOCKET.
void sd_notify(std::string_view state);

}  // namespace tessera
