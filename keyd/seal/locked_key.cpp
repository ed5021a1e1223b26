#include "keyd/seal/locked_key.hpp"

#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>

#include <openssl/crypto.h>

namespace tessera::keyd {

bool start_locked_memory(std::size_t keys_max)
{
    static std::once_flag once;
    static bool is_locked = false;
    std::call_once(once, [&] {
        if (CRYPTO_secure_malloc_initialized() == 1) {
            is_locked = true;
            return;
        }
        // 1 = locked, 2 = made but not locked, 0 = not made.
        is_locked =
            CRYPTO_secure_malloc_init(std::bit_ceil(keys_max * locked_key_bytes), locked_key_bytes) == 1;
    });
    return is_locked;
}

std::optional<LockedKey> LockedKey::copy_of(std::span<const std::uint8_t, locked_key_bytes> key)
{
    auto* bytes = static_cast<std::uint8_t*>(OPENSSL_secure_malloc(locked_key_bytes));
    if (bytes == nullptr) {
        return std::nullopt;
    }
    std::ranges::copy(key, bytes);
    return LockedKey{bytes};
}

LockedKey::LockedKey(LockedKey&& other) noexcept : bytes_(std::exchange(other.bytes_, nullptr)) {}

LockedKey& LockedKey::operator=(LockedKey&& other) noexcept
{
    std::swap(bytes_, other.bytes_);
    return *this;
}

LockedKey::~LockedKey() { OPENSSL_secure_clear_free(bytes_, locked_key_bytes); }

}  // namespace tessera::keyd
