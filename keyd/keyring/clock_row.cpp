#include "keyd/keyring/clock_row.hpp"

#include <sstream>

#include <fmt/format.h>

#include "base/assert.hpp"

namespace tessera::keyd {

namespace {

const std::string no_boot = "-";  // where the kernel has no boot id

}  // namespace

Row to_row(const ClockMemory& memory)
{
    const std::string text = fmt::format(
        "{} {} {} {} {} {} {} {}", memory.last.wall.time_since_epoch().count(), memory.last.monotonic.count(),
        memory.high_water.time_since_epoch().count(), memory.offset.count(), memory.doubted_since.count(),
        memory.settling ? 1 : 0, memory.last.boot.empty() ? no_boot : memory.last.boot, memory.ahead.count());
    const ByteView bytes = as_bytes(text);
    return {std::string{clock_row_name}, Bytes(bytes.begin(), bytes.end())};
}

ClockMemory read_clock(const Row& row)
{
    std::istringstream text{std::string{as_text(std::get<Bytes>(row[1]))}};
    std::int64_t wall = 0;
    std::int64_t monotonic = 0;
    std::int64_t high_water = 0;
    std::int64_t offset = 0;
    std::int64_t doubted_since = 0;
    int settling = 0;
    text >> wall >> monotonic >> high_water >> offset >> doubted_since >> settling;
    ASSERT(!text.fail());
    std::string boot;
    std::string ahead;
    text >> boot;
    if (!(text >> ahead)) {
        ahead = "0";  // a row of before it was kept
    }
    ClockMemory memory;
    memory.last.wall = Instant{Microseconds{wall}};
    memory.last.monotonic = Microseconds{monotonic};
    memory.last.boot = boot == no_boot ? std::string{} : boot;
    memory.high_water = Instant{Microseconds{high_water}};
    memory.offset = Microseconds{offset};
    memory.ahead = Microseconds{std::stoll(ahead)};
    memory.doubted_since = Microseconds{doubted_since};
    memory.settling = settling != 0;
    return memory;
}

}  // namespace tessera::keyd
