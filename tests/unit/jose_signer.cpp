#include "tests/unit/jose_signer.hpp"

#include <openssl/core_names.h>

#include "base/assert.hpp"
#include "base/encoding.hpp"

namespace tessera::test {

namespace {

std::string number_of(const EVP_PKEY* key, const char* name, std::size_t width)
{
    BIGNUM* raw = nullptr;
    ASSERT(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
    const BignumPtr number{raw};
    Bytes bytes(width == 0 ? static_cast<std::size_t>(BN_num_bytes(number.get())) : width);
    ASSERT(BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(bytes.size())) > 0);
    return base64url_encode(bytes);
}

// RFC 7518 §3.4: r and s side by side.
Bytes raw_ecdsa(const Bytes& der)
{
    const unsigned char* in = der.data();
    const EcdsaSignaturePtr pair{d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()))};
    Bytes raw(64);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), raw.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), raw.data() + 32, 32);
    return raw;
}

}  // namespace

JoseSigner::JoseSigner(std::string alg, unsigned rsa_bits) : alg_(std::move(alg))
{
    if (alg_ == "ES256") {
        key_.reset(EVP_EC_gen("P-256"));
    } else if (alg_ == "EdDSA") {
        key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    } else {
        key_.reset(EVP_RSA_gen(rsa_bits));
    }
    ASSERT(key_ != nullptr);
}

json::object JoseSigner::public_jwk(std::string_view kid) const
{
    json::object jwk{{"kid", kid}, {"alg", alg_}, {"use", "sig"}};
    if (alg_ == "ES256") {
        jwk["kty"] = "EC";
        jwk["crv"] = "P-256";
        jwk["x"] = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32);
        jwk["y"] = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
    } else if (alg_ == "EdDSA") {
        Bytes point(32);
        std::size_t size = point.size();
        ASSERT(EVP_PKEY_get_raw_public_key(key_.get(), point.data(), &size) == 1);
        jwk["kty"] = "OKP";
        jwk["crv"] = "Ed25519";
        jwk["x"] = base64url_encode(point);
    } else {
        jwk["kty"] = "RSA";
        jwk["n"] = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
        jwk["e"] = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
    }
    return jwk;
}

std::string JoseSigner::sign(std::string_view header, std::string_view claims) const
{
    const std::string input = base64url_encode(as_bytes(header)) + '.' + base64url_encode(as_bytes(claims));
    const EvpDigestContextPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* options = nullptr;
    const EVP_MD* digest = alg_ == "EdDSA" ? nullptr : EVP_sha256();
    ASSERT(EVP_DigestSignInit(context.get(), &options, digest, nullptr, key_.get()) == 1);
    if (alg_ == "PS256") {
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    std::size_t size = 1024;
    Bytes signature(size);
    ASSERT(EVP_DigestSign(context.get(), signature.data(), &size, as_bytes(input).data(), input.size()) == 1);
    signature.resize(size);
    return input + '.' + base64url_encode(alg_ == "ES256" ? raw_ecdsa(signature) : signature);
}

}  // namespace tessera::test
