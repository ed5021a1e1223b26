// Random bytes from OpenSSL's generator. A machine without randomness cannot run an identity service: failure aborts.
#pragma once

#include <cstdint>
#include <span>

namespace tessera {

void fill_random(std::span<std::uint8_t> out);

}  // namespace tessera
