// 256-bit keys that exist only in memory that is never swapped and never dumped.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/encoding.hpp"

namespace tessera::keyd {

inline constexpr std::size_t locked_key_bytes = 32;

// Sets the arena up: `keys_max` keys fit at most. Once per process; further calls do nothing. False when the memory could not be
// locked (LimitMEMLOCK too small): keys then lie in ordinary memory and the caller raises an alarm.
bool start_locked_memory(std::size_t keys_max);

// Wiped when it goes. Any thread.
class LockedKey {
public:
    // nullopt when the arena is full.
    static std::optional<LockedKey> copy_of(std::span<const std::uint8_t, locked_key_bytes> key);

    LockedKey(LockedKey&& other) noexcept;
    LockedKey& operator=(LockedKey&& other) noexcept;
    LockedKey(const LockedKey&) = delete;
    LockedKey& operator=(const LockedKey&) = delete;
    ~LockedKey();

    // For the cipher or MAC at hand only.
    std::span<const std::uint8_t, locked_key_bytes> bytes() const
    {
        return std::span<const std::uint8_t, locked_key_bytes>{bytes_, locked_key_bytes};
    }

private:
    explicit LockedKey(std::uint8_t* bytes) : bytes_(bytes) {}
    std::uint8_t* bytes_;
};

}  // namespace tessera::keyd
