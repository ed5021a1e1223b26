#include "daemon/login/webauthn_key.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/pem.h>

#include "base/assert.hpp"
#include "base/openssl.hpp"
#include "daemon/login/webauthn_cbor.hpp"

namespace tessera::login {

namespace {

constexpr std::size_t rsa_modulus_bytes = 256;  // libfido2 knows RSA of 2048 bits only
constexpr std::size_t rsa_exponent_bytes = 3;
constexpr std::size_t coordinate_bytes = 32;

// Labels and values of RFC 9052 §7, RFC 9053 §7 and RFC 8230 §4.
constexpr std::int64_t label_kty = 1;
constexpr std::int64_t label_alg = 3;
constexpr std::int64_t label_crv = -1;
constexpr std::int64_t label_x = -2;
constexpr std::int64_t label_y = -3;
constexpr std::int64_t label_n = -1;
constexpr std::int64_t label_e = -2;

struct KeyShape {
    CoseAlgorithm algorithm;
    std::int64_t kty;
    std::optional<std::int64_t> crv;
};
constexpr std::array<KeyShape, 3> shapes = {{{CoseAlgorithm::es256, 2, 1},  // EC2, P-256
                                             {CoseAlgorithm::eddsa, 1, 6},  // OKP, Ed25519
                                             {CoseAlgorithm::rs256, 3, {}}}};

WebauthnError unacceptable(std::string_view what)
{
    return {WebauthnFault::unacceptable_key, fmt::format("public key: {}", what)};
}

std::optional<std::int64_t> integer(const CborPairs& pairs, std::int64_t label)
{
    const CborValue* value = find_value(pairs, label);
    return value == nullptr ? std::nullopt : value->as_integer();
}

// A byte string of just this size, appended to `raw`.
bool append(Bytes& raw, const CborPairs& pairs, std::int64_t label, std::size_t bytes)
{
    const CborValue* value = find_value(pairs, label);
    const auto content = value == nullptr ? std::nullopt : value->as_bytes();
    if (!content || content->size() != bytes) {
        return false;
    }
    raw.insert(raw.end(), content->begin(), content->end());
    return true;
}

// `Make` and `Load` are libfido2's functions for one kind of key; loading checks it.
template <class Ptr, auto Make, auto Load>
Result<PasskeyPublicKey, WebauthnError> load(CoseAlgorithm algorithm, Bytes raw)
{
    Ptr key{Make()};
    if (!key || Load(key.get(), raw.data(), raw.size()) != FIDO_OK) {
        drain_errors();
        return unacceptable("its numbers make no key");
    }
    return PasskeyPublicKey{algorithm, std::move(raw), std::move(key)};
}

Result<PasskeyPublicKey, WebauthnError> load_rs256(const CborPairs& pairs)
{
    Bytes raw;
    if (!append(raw, pairs, label_n, rsa_modulus_bytes) || !append(raw, pairs, label_e, rsa_exponent_bytes)) {
        return unacceptable("RSA is taken with 2048 bits and an exponent of 3 bytes");
    }
    // A leading zero bit would be a smaller key, an even number none that was ever made.
    if ((raw[0] & 0x80) == 0 || (raw[rsa_modulus_bytes - 1] & 1) == 0 || (raw.back() & 1) == 0) {
        return unacceptable("RSA numbers");
    }
    return load<Rs256Ptr, rs256_pk_new, rs256_pk_from_ptr>(CoseAlgorithm::rs256, std::move(raw));
}

}  // namespace

const void* PasskeyPublicKey::fido() const
{
    return std::visit([](const auto& held) -> const void* { return held.get(); }, key);
}

std::string PasskeyPublicKey::pem() const
{
    struct ToEvp {
        EVP_PKEY* operator()(const Es256Ptr& held) const { return es256_pk_to_EVP_PKEY(held.get()); }
        EVP_PKEY* operator()(const EddsaPtr& held) const { return eddsa_pk_to_EVP_PKEY(held.get()); }
        EVP_PKEY* operator()(const Rs256Ptr& held) const { return rs256_pk_to_EVP_PKEY(held.get()); }
    };
    const EvpKeyPtr evp{std::visit(ToEvp{}, key)};
    const BioPtr bio{BIO_new(BIO_s_mem())};
    ASSERT(evp && bio && PEM_write_bio_PUBKEY(bio.get(), evp.get()) == 1);
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

Result<PasskeyPublicKey, WebauthnError> parse_passkey_public_key(ByteView cose)
{
    const auto item = read_cbor(cose);
    const auto pairs = item && cose.empty() ? read_cbor_map(*item) : std::nullopt;
    if (!pairs) {
        return WebauthnError{WebauthnFault::malformed, "public key: not one CBOR map"};
    }
    const auto algorithm = integer(*pairs, label_alg);
    const auto shape = std::ranges::find_if(
        shapes, [&](const KeyShape& each) { return algorithm == static_cast<std::int64_t>(each.algorithm); });
    if (shape == shapes.end() || integer(*pairs, label_kty) != shape->kty
        || (shape->crv && integer(*pairs, label_crv) != shape->crv)) {
        return WebauthnError{WebauthnFault::unsupported_algorithm, "public key: alg, kty or crv"};
    }
    if (shape->algorithm == CoseAlgorithm::rs256) {
        return load_rs256(*pairs);
    }
    Bytes raw;
    if (!append(raw, *pairs, label_x, coordinate_bytes)) {
        return unacceptable("x is not 32 bytes");
    }
    if (shape->algorithm == CoseAlgorithm::eddsa) {
        return load<EddsaPtr, eddsa_pk_new, eddsa_pk_from_ptr>(CoseAlgorithm::eddsa, std::move(raw));
    }
    if (!append(raw, *pairs, label_y, coordinate_bytes)) {
        return unacceptable("y is not 32 bytes");
    }
    return load<Es256Ptr, es256_pk_new, es256_pk_from_ptr>(CoseAlgorithm::es256, std::move(raw));
}

}  // namespace tessera::login
