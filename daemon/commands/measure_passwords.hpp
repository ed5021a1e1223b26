// tessera measure-passwords: what the password-hash settings can be on this machine.
#pragma once

#include "daemon/commands/invocation.hpp"

namespace tessera::commands {

inline constexpr Option measure_passwords_options[] = {
    {"target-ms", "MS", "how long one hash may take, 10 to 2000 ms; 100 unless given"},
    {"memory-mib-max", "MIB", "most memory of one hash, 19 to 256 MiB; 64 unless given"}};

CommandResult measure_passwords(const Invocation& invocation, const Environment& environment);

}  // namespace tessera::commands
