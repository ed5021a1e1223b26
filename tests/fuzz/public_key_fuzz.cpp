// Public keys as a token gives them: what becomes a SubjectPublicKeyInfo is a key of its kind, and becomes a JWK that others
// accept. The input's first byte says which attribute the rest is.
#include <string>

#include "base/assert.hpp"
#include "daemon/jose/jwk.hpp"
#include "keyd/keyring/jwk.hpp"
#include "keyd/pkcs11/public_key.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using keyd::pkcs11::Algorithm;

// A key of P-256 or Ed25519 has no weak forms: whatever keyd publishes, a verifier takes.
void check_point(Algorithm algorithm, ByteView point)
{
    const auto spki = keyd::pkcs11::spki_from_ec_point(algorithm, point);
    if (!spki) {
        return;
    }
    ASSERT(keyd::pkcs11::parse_spki(algorithm, *spki) != nullptr);
    const auto members = keyd::public_jwk(*spki);
    ASSERT(members.has_value() && keyd::thumbprint(*members).size() == 43);
    ASSERT(jose::parse_jwk(*members).has_value());
}

void check_rsa(ByteView numbers)
{
    const std::size_t exponent_bytes = numbers.empty() ? 0 : numbers[0] % 8;
    if (numbers.size() < 1 + exponent_bytes) {
        return;
    }
    const auto spki =
        keyd::pkcs11::spki_from_rsa(numbers.subspan(1 + exponent_bytes), numbers.subspan(1, exponent_bytes));
    const auto key = spki ? keyd::pkcs11::parse_spki(Algorithm::rs256, *spki) : nullptr;
    if (key) {
        ASSERT(EVP_PKEY_get_bits(key.get()) >= 2048);
        ASSERT(keyd::public_jwk(*spki).has_value());
    }
}

void check_spki(ByteView der)
{
    int kinds = 0;
    for (const Algorithm algorithm : {Algorithm::es256, Algorithm::rs256, Algorithm::eddsa}) {
        const auto key = keyd::pkcs11::parse_spki(algorithm, der);
        kinds += key ? 1 : 0;
        ASSERT(!key || keyd::public_jwk(der).has_value());
        ASSERT(!key || !keyd::pkcs11::verifies(key.get(), algorithm, as_bytes("message"), der));
    }
    ASSERT(kinds <= 1);
    if (const auto members = keyd::public_jwk(der)) {
        ASSERT(keyd::thumbprint(*members).size() == 43);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    const ByteView rest{data + 1, size - 1};
    switch (data[0]) {
    case 'P': check_point(Algorithm::es256, rest); break;
    case 'E': check_point(Algorithm::eddsa, rest); break;
    case 'R': check_rsa(rest); break;
    default: check_spki(rest); break;
    }
    return 0;
}
