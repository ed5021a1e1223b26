#include "keyd/keyring/jwk.hpp"

#include <array>

#include <openssl/core_names.h>

#include "base/digest.hpp"
#include "base/openssl.hpp"
#include "keyd/keyring/algorithm.hpp"

namespace tessera::keyd {

namespace {

constexpr std::size_t p256_field_bytes = 32;

// `width` 0 keeps the number's own length, as RSA members do (RFC 7518 §6.3.1).
std::optional<std::string> number_member(const EVP_PKEY* key, const char* name, std::size_t width)
{
    BIGNUM* taken = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &taken) != 1) {
        drain_errors();
        return std::nullopt;
    }
    const BignumPtr number{taken};
    const std::size_t bytes = width == 0 ? static_cast<std::size_t>(BN_num_bytes(number.get())) : width;
    Bytes out(bytes);
    if (BN_bn2binpad(number.get(), out.data(), static_cast<int>(bytes)) < 0) {
        drain_errors();
        return std::nullopt;
    }
    return base64url_encode(out);
}

std::optional<json::object> ec_members(const EVP_PKEY* key)
{
    std::array<char, 32> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1
        || std::string_view(group.data(), length) != "prime256v1") {
        drain_errors();
        return std::nullopt;
    }
    const auto x = number_member(key, OSSL_PKEY_PARAM_EC_PUB_X, p256_field_bytes);
    const auto y = number_member(key, OSSL_PKEY_PARAM_EC_PUB_Y, p256_field_bytes);
    if (!x || !y) {
        return std::nullopt;
    }
    return json::object{{"crv", "P-256"}, {"kty", "EC"}, {"x", *x}, {"y", *y}};
}

std::optional<json::object> rsa_members(const EVP_PKEY* key)
{
    const auto e = number_member(key, OSSL_PKEY_PARAM_RSA_E, 0);
    const auto n = number_member(key, OSSL_PKEY_PARAM_RSA_N, 0);
    if (!e || !n) {
        return std::nullopt;
    }
    return json::object{{"e", *e}, {"kty", "RSA"}, {"n", *n}};
}

std::optional<json::object> ed25519_members(const EVP_PKEY* key)
{
    std::array<std::uint8_t, 32> point{};
    std::size_t length = point.size();
    if (EVP_PKEY_get_raw_public_key(key, point.data(), &length) != 1 || length != point.size()) {
        drain_errors();
        return std::nullopt;
    }
    return json::object{{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", base64url_encode(point)}};
}

}  // namespace

std::optional<json::object> public_jwk(ByteView spki)
{
    const std::uint8_t* at = spki.data();
    const EvpKeyPtr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()))};
    if (!key || at != spki.data() + spki.size()) {
        drain_errors();
        return std::nullopt;
    }
    switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_EC: return ec_members(key.get());
    case EVP_PKEY_RSA: return rsa_members(key.get());
    case EVP_PKEY_ED25519: return ed25519_members(key.get());
    default: return std::nullopt;
    }
}

std::string thumbprint(const json::object& public_members)
{
    return base64url_encode(sha256(canonical_json(public_members)));
}

json::object signature_jwk(json::object public_members, std::string_view kid, v1::Algorithm algorithm)
{
    public_members["kid"] = kid;
    public_members["use"] = "sig";
    public_members["alg"] = jose_name(algorithm);
    return public_members;
}

std::string jwk_set(std::span<const json::object> keys)
{
    json::array list;
    list.reserve(keys.size());
    for (const json::object& key : keys) {
        list.emplace_back(key);
    }
    return canonical_json(json::object{{"keys", std::move(list)}});
}

}  // namespace tessera::keyd
