#include "keyd/pkcs11/public_key.hpp"

#include <algorithm>
#include <array>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/digest.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, OpensslFree<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpensslFree<OSSL_PARAM_free>>;

constexpr std::size_t p256_point_bytes = 65;  // 04 || X || Y
constexpr std::size_t p256_compressed_bytes = 33;
constexpr std::size_t ed25519_point_bytes = 32;
constexpr std::size_t p256_signature_bytes = 64;
constexpr std::size_t p256_coordinate_bytes = 32;
constexpr int rsa_bits_min = 2048;
constexpr std::uint8_t der_octet_string = 0x04;

// RFC 8017 §9.2, note 1: DigestInfo of SHA-256.
constexpr std::array<std::uint8_t, 19> sha256_digest_info{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                                          0x01, 0x05, 0x00, 0x04, 0x20};

bool is_point_size(Algorithm algorithm, std::size_t bytes)
{
    return algorithm == Algorithm::eddsa ? bytes == ed25519_point_bytes
                                         : bytes == p256_point_bytes || bytes == p256_compressed_bytes;
}

// Lengths tell the two forms apart: a wrapped point is two bytes longer than any raw one.
ByteView unwrap_point(Algorithm algorithm, ByteView ec_point)
{
    const bool wrapped = ec_point.size() > 2 && ec_point[0] == der_octet_string
                         && ec_point[1] == ec_point.size() - 2
                         && is_point_size(algorithm, ec_point.size() - 2);
    return wrapped ? ec_point.subspan(2) : ec_point;
}

std::optional<Bytes> to_spki(EVP_PKEY* key)
{
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key, &der);
    if (length <= 0) {
        drain_errors();
        return std::nullopt;
    }
    Bytes spki{der, der + length};
    OPENSSL_free(der);
    return spki;
}

EvpKeyPtr key_from_params(const char* type, OSSL_PARAM_BLD* builder)
{
    const ParamsPtr params{OSSL_PARAM_BLD_to_param(builder)};
    const EvpKeyContextPtr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) <= 0
        || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) <= 0) {
        drain_errors();
    }
    return EvpKeyPtr{key};
}

EvpKeyPtr p256_key(ByteView point)
{
    const ParamBuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed",
                                    0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return key_from_params("EC", builder.get());
}

// r||s of fixed width to the DER that OpenSSL verifies.
Bytes to_der_signature(ByteView signature)
{
    const auto coordinate = static_cast<int>(p256_coordinate_bytes);
    BignumPtr r{BN_bin2bn(signature.data(), coordinate, nullptr)};
    BignumPtr s{BN_bin2bn(signature.data() + p256_coordinate_bytes, coordinate, nullptr)};
    const EcdsaSignaturePtr pair{ECDSA_SIG_new()};
    ECDSA_SIG_set0(pair.get(), r.release(), s.release());
    Bytes der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
    unsigned char* out = der.data();
    i2d_ECDSA_SIG(pair.get(), &out);
    return der;
}

bool verifies_digest(EVP_PKEY* key, Algorithm algorithm, ByteView message, ByteView signature)
{
    const Sha256 digest = sha256(message);
    const EvpKeyContextPtr context{EVP_PKEY_CTX_new(key, nullptr)};
    if (!context || EVP_PKEY_verify_init(context.get()) <= 0) {
        return false;
    }
    if (is_rsa(algorithm)) {
        const int padding = algorithm == Algorithm::ps256 ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
        if (EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) <= 0
            || EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) <= 0) {
            return false;
        }
        // RFC 7518 §3.5: the salt is as long as the digest.
        if (algorithm == Algorithm::ps256
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_DIGEST) <= 0) {
            return false;
        }
    }
    return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size())
           == 1;
}

}  // namespace

std::optional<Bytes> spki_from_ec_point(Algorithm algorithm, ByteView ec_point)
{
    const ByteView point = unwrap_point(algorithm, ec_point);
    if (!is_point_size(algorithm, point.size())) {
        return std::nullopt;
    }
    const EvpKeyPtr key =
        algorithm == Algorithm::eddsa
            ? EvpKeyPtr{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, point.data(), point.size())}
            : p256_key(point);
    return key ? to_spki(key.get()) : std::nullopt;
}

std::optional<Bytes> spki_from_rsa(ByteView modulus, ByteView exponent)
{
    const BignumPtr n{BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
    const BignumPtr e{BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr)};
    const ParamBuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const EvpKeyPtr key = key_from_params("RSA", builder.get());
    return key ? to_spki(key.get()) : std::nullopt;
}

EvpKeyPtr parse_spki(Algorithm algorithm, ByteView spki_der)
{
    const unsigned char* in = spki_der.data();
    EvpKeyPtr key{d2i_PUBKEY(nullptr, &in, static_cast<long>(spki_der.size()))};
    if (!key || in != spki_der.data() + spki_der.size()) {
        drain_errors();
        return nullptr;
    }
    bool right = false;
    switch (algorithm) {
    case Algorithm::es256: {
        std::array<char, 32> group{};
        right = EVP_PKEY_is_a(key.get(), "EC") == 1
                && EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                                  group.size(), nullptr)
                       == 1
                && std::string_view{group.data()} == "prime256v1";
        break;
    }
    case Algorithm::rs256:
    case Algorithm::ps256:
        right = EVP_PKEY_is_a(key.get(), "RSA") == 1 && EVP_PKEY_get_bits(key.get()) >= rsa_bits_min;
        break;
    case Algorithm::eddsa: right = EVP_PKEY_is_a(key.get(), "ED25519") == 1; break;
    }
    return right ? std::move(key) : nullptr;
}

void prepare_signing_input(Algorithm algorithm, ByteView message, SigningInput& out)
{
    if (algorithm == Algorithm::eddsa) {
        out.view = message;
        return;
    }
    auto* end = out.buffer.data();
    if (algorithm == Algorithm::rs256) {
        end = std::ranges::copy(sha256_digest_info, end).out;
    }
    end = std::ranges::copy(sha256(message), end).out;
    out.view = ByteView{out.buffer.data(), static_cast<std::size_t>(end - out.buffer.data())};
}

bool verifies(EVP_PKEY* key, Algorithm algorithm, ByteView message, ByteView signature)
{
    bool valid = false;
    if (algorithm == Algorithm::eddsa) {
        const EvpDigestContextPtr context{EVP_MD_CTX_new()};
        valid = context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1
                && EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                                    message.size())
                       == 1;
    } else if (algorithm == Algorithm::es256) {
        valid = signature.size() == p256_signature_bytes
                && verifies_digest(key, algorithm, message, to_der_signature(signature));
    } else {
        valid = verifies_digest(key, algorithm, message, signature);
    }
    if (!valid) {
        drain_errors();
    }
    return valid;
}

}  // namespace tessera::keyd::pkcs11
