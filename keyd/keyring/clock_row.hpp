// The clock's memory as a row of the table `settings`.
#pragma once

#include <string_view>

#include "keyd/keyring/database.hpp"
#include "keyd/rotation/clock_guard.hpp"

namespace tessera::keyd {

inline constexpr std::string_view clock_row_name = "clock";

Row to_row(const ClockMemory& memory);
ClockMemory read_clock(const Row& row);

}  // namespace tessera::keyd
