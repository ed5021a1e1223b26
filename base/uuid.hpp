// RFC 9562 UUIDs: version 7 for rows, version 4 where the time of creation must not show.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace tessera {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;
    bool is_nil() const { return *this == Uuid{}; }
};

// RFC 9562 §5.4, from the operating system's random source.
Uuid random_uuid();

// RFC 9562 §5.7: milliseconds of `now`, then 12 bits that count microseconds, then random. Sorts by time of creation
// to the microsecond.
Uuid time_ordered_uuid(Instant now);

// The 8-4-4-4-12 text in lower case, as PostgreSQL prints it. The parser accepts lower case only.
std::string to_string(const Uuid& uuid);
std::optional<Uuid> parse_uuid(std::string_view text);

struct UuidHash {
    std::size_t operator()(const Uuid& uuid) const noexcept;
};

}  // namespace tessera
