// The signature algorithms keyd makes keys for (RFC 7518 §3.1, RFC 8037 §3.1). Numbers equal those of Algorithm in
// keyd.proto; this room knows no Protobuf.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tessera::keyd::pkcs11 {

enum class Algorithm : std::uint8_t { es256 = 1, rs256 = 2, ps256 = 3, eddsa = 4 };

inline constexpr std::array all_algorithms{Algorithm::es256, Algorithm::rs256, Algorithm::ps256,
                                           Algorithm::eddsa};

// The JOSE name: "ES256", "RS256", "PS256", "EdDSA".
constexpr std::string_view to_string(Algorithm algorithm)
{
    switch (algorithm) {
    case Algorithm::es256: return "ES256";
    case Algorithm::rs256: return "RS256";
    case Algorithm::ps256: return "PS256";
    case Algorithm::eddsa: return "EdDSA";
    }
    return "unknown";
}

constexpr bool is_rsa(Algorithm algorithm)
{
    return algorithm == Algorithm::rs256 || algorithm == Algorithm::ps256;
}

}  // namespace tessera::keyd::pkcs11
