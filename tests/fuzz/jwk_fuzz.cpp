// A registered JWK Set: no private or symmetric key gets in, every key can be asked what it is for, and survives the way to
// DER and back.
#include <algorithm>
#include <array>

#include <openssl/x509.h>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "daemon/jose/jwk.hpp"
#include "keyd/keyring/jwk.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using jose::Algorithm;

void check(const jose::Jwk& jwk, const json::object& sent)
{
    for (const char* member : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
        ASSERT(!sent.contains(member));
    }
    const auto algorithms = {Algorithm::es256, Algorithm::rs256, Algorithm::ps256, Algorithm::eddsa};
    ASSERT(std::ranges::any_of(algorithms, [&](Algorithm algorithm) { return jwk.fits(algorithm); }));
    ASSERT(!jwk.algorithm || jwk.fits(*jwk.algorithm));
    std::uint8_t* der = nullptr;
    const int length = i2d_PUBKEY(jwk.key.get(), &der);
    ASSERT(length > 0);
    const auto members = keyd::public_jwk({der, static_cast<std::size_t>(length)});
    OPENSSL_free(der);
    ASSERT(members.has_value());
    const auto again = jose::parse_jwk(*members);
    ASSERT(again.has_value() && EVP_PKEY_eq(again.value().key.get(), jwk.key.get()) == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::as_input(data, size);
    const auto set = jose::parse_jwk_set(text);
    if (!set) {
        return 0;
    }
    const auto sent = parse_json_object(text, {.bytes_max = jose::jwk_set_bytes_max, .depth_max = 6});
    const auto& keys = sent.value().at("keys").as_array();
    ASSERT(!keys.empty() && keys.size() == set.value().size() && keys.size() <= jose::jwk_set_keys_max);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        check(set.value()[i], keys[i].as_object());
    }
    return 0;
}
