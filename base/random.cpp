#include "base/random.hpp"

#include <openssl/rand.h>

#include "base/assert.hpp"

namespace tessera {

void fill_random(std::span<std::uint8_t> out)
{
    ASSERT(RAND_bytes(out.data(), static_cast<int>(out.size())) == 1);
}

}  // namespace tessera
