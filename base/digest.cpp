#include "base/digest.hpp"

#include <openssl/sha.h>

namespace tessera {

Sha256 sha256(ByteView bytes)
{
    Sha256 digest{};
    SHA256(bytes.data(), bytes.size(), digest.data());
    return digest;
}

}  // namespace tessera
