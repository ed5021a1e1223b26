// A registered JWK Set: never crashes; every key it accepts can be asked what it is for.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "daemon/jose/jwk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using tessera::jose::Algorithm;
    const auto set = tessera::jose::parse_jwk_set({reinterpret_cast<const char*>(data), size});
    if (set) {
        for (const auto& key : set.value()) {
            ASSERT(key.key != nullptr);
            ASSERT(key.fits(Algorithm::es256) || key.fits(Algorithm::rs256) || key.fits(Algorithm::ps256)
                   || key.fits(Algorithm::eddsa));
        }
    }
    return 0;
}
