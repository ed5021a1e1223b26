// Makes keys and JWTs for tests: the product itself never signs outside keyd.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/openssl.hpp"

namespace tessera::test {

class JoseSigner {
public:
    // "ES256", "RS256", "PS256" or "EdDSA"; `rsa_bits` for the RSA ones.
    explicit JoseSigner(std::string alg, unsigned rsa_bits = 2048);

    json::object public_jwk(std::string_view kid = "k1") const;
    // Header and claims as given, byte for byte.
    std::string sign(std::string_view header, std::string_view claims) const;
    std::string alg() const { return alg_; }

private:
    std::string alg_;
    EvpKeyPtr key_;
};

}  // namespace tessera::test
