#include "keyd/keyring/algorithm.hpp"

namespace tessera::keyd {

std::string_view jose_name(v1::Algorithm algorithm)
{
    switch (algorithm) {
    case v1::ES256: return "ES256";
    case v1::RS256: return "RS256";
    case v1::PS256: return "PS256";
    case v1::EDDSA: return "EdDSA";
    default: return {};
    }
}

std::optional<v1::Algorithm> find_algorithm(std::string_view name)
{
    for (const v1::Algorithm algorithm : {v1::ES256, v1::RS256, v1::PS256, v1::EDDSA}) {
        if (jose_name(algorithm) == name) {
            return algorithm;
        }
    }
    return std::nullopt;
}

}  // namespace tessera::keyd
