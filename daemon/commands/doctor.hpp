// tessera doctor: checks everything a running appliance needs and says what to do about what is wrong.
#pragma once

#include "daemon/commands/console_client.hpp"
#include "daemon/commands/keyd_admin.hpp"

namespace tessera::commands {

inline constexpr Option doctor_options[] = {
    {"config", "FILE", "the configuration of tessera serve"}, socket_option, keyd_socket_option};

// Exit::refused when a check failed.
CommandResult doctor(const Invocation& invocation, const Environment& environment);

}  // namespace tessera::commands
