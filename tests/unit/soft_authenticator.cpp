#include "tests/unit/soft_authenticator.hpp"

#include <boost/json/serialize.hpp>
#include <openssl/core_names.h>

#include "base/assert.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"

namespace tessera::test {

namespace {

using login::CoseAlgorithm;

Bytes integer_of(const EVP_PKEY* key, const char* name, std::size_t width)
{
    BIGNUM* raw = nullptr;
    ASSERT(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
    const BignumPtr number{raw};
    Bytes bytes(width);
    ASSERT(BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(width)) > 0);
    return bytes;
}

EvpKeyPtr make_key(CoseAlgorithm algorithm)
{
    switch (algorithm) {
    case CoseAlgorithm::es256: return EvpKeyPtr{EVP_EC_gen("P-256")};
    case CoseAlgorithm::eddsa: return EvpKeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    case CoseAlgorithm::rs256: return EvpKeyPtr{EVP_RSA_gen(2048)};
    }
    return nullptr;
}

Bytes cose_key(const EVP_PKEY* key, CoseAlgorithm algorithm)
{
    const Bytes alg = cbor::number(static_cast<int>(algorithm));
    switch (algorithm) {
    case CoseAlgorithm::es256:
        return cbor::map({cbor::number(1), cbor::number(2), cbor::number(3), alg, cbor::number(-1),
                          cbor::number(1), cbor::number(-2),
                          cbor::bytes(integer_of(key, OSSL_PKEY_PARAM_EC_PUB_X, 32)), cbor::number(-3),
                          cbor::bytes(integer_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32))});
    case CoseAlgorithm::eddsa: {
        Bytes x(32);
        std::size_t size = x.size();
        ASSERT(EVP_PKEY_get_raw_public_key(key, x.data(), &size) == 1);
        return cbor::map({cbor::number(1), cbor::number(1), cbor::number(3), alg, cbor::number(-1),
                          cbor::number(6), cbor::number(-2), cbor::bytes(x)});
    }
    case CoseAlgorithm::rs256:
        return cbor::map({cbor::number(1), cbor::number(3), cbor::number(3), alg, cbor::number(-1),
                          cbor::bytes(integer_of(key, OSSL_PKEY_PARAM_RSA_N, 256)), cbor::number(-2),
                          cbor::bytes(integer_of(key, OSSL_PKEY_PARAM_RSA_E, 3))});
    }
    return {};
}

Bytes sign_with(EVP_PKEY* key, ByteView data)
{
    const EvpDigestContextPtr context{EVP_MD_CTX_new()};
    const EVP_MD* digest = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
    ASSERT(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1);
    std::size_t size = 1024;
    Bytes signature(size);
    ASSERT(EVP_DigestSign(context.get(), signature.data(), &size, data.data(), data.size()) == 1);
    signature.resize(size);
    return signature;
}

Bytes make_certificate(EVP_PKEY* key)
{
    const X509Ptr certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
    unsigned char* der = nullptr;
    const int size = i2d_X509(certificate.get(), &der);
    ASSERT(size > 0);
    Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace

namespace cbor {

Bytes head(unsigned major, std::uint64_t argument)
{
    const auto first = [major](unsigned info) { return static_cast<std::uint8_t>(major << 5 | info); };
    if (argument < 24) {
        return {first(static_cast<unsigned>(argument))};
    }
    const unsigned info = argument <= 0xFF ? 24 : argument <= 0xFFFF ? 25 : argument <= 0xFFFFFFFF ? 26 : 27;
    Bytes encoded{first(info)};
    for (int shift = 8 * (1 << (info - 24)) - 8; shift >= 0; shift -= 8) {
        encoded.push_back(static_cast<std::uint8_t>(argument >> shift));
    }
    return encoded;
}

Bytes number(std::int64_t value)
{
    return value >= 0 ? head(0, static_cast<std::uint64_t>(value))
                      : head(1, static_cast<std::uint64_t>(-1 - value));
}

Bytes text(std::string_view value) { return head(3, value.size()) + as_bytes(value); }

Bytes bytes(ByteView value) { return head(2, value.size()) + value; }

Bytes map(std::initializer_list<Bytes> keys_and_values)
{
    Bytes encoded = head(5, keys_and_values.size() / 2);
    for (const Bytes& each : keys_and_values) {
        encoded = std::move(encoded) + each;
    }
    return encoded;
}

Bytes array(std::initializer_list<Bytes> items)
{
    Bytes encoded = head(4, items.size());
    for (const Bytes& each : items) {
        encoded = std::move(encoded) + each;
    }
    return encoded;
}

}  // namespace cbor

Bytes operator+(Bytes a, ByteView b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

SoftAuthenticator::SoftAuthenticator(CoseAlgorithm algorithm)
    : algorithm_(algorithm),
      key_(make_key(algorithm)),
      attestation_key_(EVP_EC_gen("P-256"))
{
    key = cose_key(key_.get(), algorithm);
    certificate_ = make_certificate(attestation_key_.get());
}

std::string SoftAuthenticator::client_data(std::string_view type, ByteView challenge) const
{
    return R"({"type":")" + std::string{type} + R"(","challenge":")" + base64url_encode(challenge)
           + R"(","origin":")" + origin + '"' + more_client_data + '}';
}

Bytes SoftAuthenticator::authenticator_data(bool attested) const
{
    const Sha256 hash = sha256(relying_party_id);
    Bytes data(hash.begin(), hash.end());
    data.push_back(
        static_cast<std::uint8_t>(flags | (attested ? 0x40 : 0) | (extensions.empty() ? 0 : 0x80)));
    for (int shift = 24; shift >= 0; shift -= 8) {
        data.push_back(static_cast<std::uint8_t>(sign_count >> shift));
    }
    if (attested) {
        data = std::move(data) + aaguid;
        data.push_back(static_cast<std::uint8_t>(credential_id.size() >> 8));
        data.push_back(static_cast<std::uint8_t>(credential_id.size()));
        data = std::move(data) + credential_id + key;
    }
    return std::move(data) + extensions;
}

Bytes SoftAuthenticator::sign(ByteView data) const { return sign_with(key_.get(), data); }

Bytes SoftAuthenticator::statement(ByteView authenticator_data, ByteView client_data_hash) const
{
    const Bytes signed_data = Bytes(authenticator_data.begin(), authenticator_data.end()) + client_data_hash;
    const Bytes x5c = cbor::array({cbor::bytes(certificate_)});
    switch (format) {
    case Format::none: return cbor::map({});
    case Format::packed_self:
        return cbor::map({cbor::text("alg"), cbor::number(static_cast<int>(algorithm_)), cbor::text("sig"),
                          cbor::bytes(sign(signed_data))});
    case Format::packed_basic:
        return cbor::map({cbor::text("alg"), cbor::number(-7), cbor::text("sig"),
                          cbor::bytes(sign_with(attestation_key_.get(), signed_data)), cbor::text("x5c"),
                          x5c});
    case Format::fido_u2f: {
        // WebAuthn Level 2 §8.6: 0x00, rpIdHash, hash of the client data, credential id, the point uncompressed.
        Bytes message{0x00};
        message = std::move(message) + authenticator_data.first(32) + client_data_hash + credential_id;
        message.push_back(0x04);
        message = std::move(message) + integer_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32)
                  + integer_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
        return cbor::map({cbor::text("sig"), cbor::bytes(sign_with(attestation_key_.get(), message)),
                          cbor::text("x5c"), x5c});
    }
    case Format::unknown:
        return cbor::map({cbor::text("ver"), cbor::text("1"), cbor::text("response"), cbor::bytes(x5c)});
    }
    return {};
}

login::RegistrationResponse SoftAuthenticator::create(ByteView challenge) const
{
    const std::string json = client_data(create_type, challenge);
    const Bytes data = authenticator_data(true);
    const std::string_view name = format == Format::none       ? "none"
                                  : format == Format::fido_u2f ? "fido-u2f"
                                  : format == Format::unknown  ? "android-safetynet"
                                                               : "packed";
    return {credential_id,
            json,
            cbor::map({cbor::text("fmt"), cbor::text(name), cbor::text("attStmt"),
                       statement(data, sha256(json)), cbor::text("authData"), cbor::bytes(data)}),
            {"internal", "hybrid"}};
}

login::AssertionResponse SoftAuthenticator::get(ByteView challenge) const
{
    return get(challenge, authenticator_data(false));
}

login::AssertionResponse SoftAuthenticator::get(ByteView challenge, Bytes data) const
{
    const std::string json = client_data(get_type, challenge);
    Bytes signature = sign(Bytes{data} + sha256(json));
    return {credential_id, json, std::move(data), std::move(signature), user_handle};
}

std::string to_json(const login::RegistrationResponse& response)
{
    const std::string id = base64url_encode(response.credential_id);
    return json::serialize(json::object{
        {"id", id},
        {"rawId", id},
        {"type", "public-key"},
        {"authenticatorAttachment", "platform"},
        {"clientExtensionResults", json::object{}},
        {"response",
         json::object{{"clientDataJSON", base64url_encode(as_bytes(response.client_data_json))},
                      {"attestationObject", base64url_encode(response.attestation_object)},
                      {"transports", json::array(response.transports.begin(), response.transports.end())}}}});
}

std::string to_json(const login::AssertionResponse& response)
{
    const std::string id = base64url_encode(response.credential_id);
    json::object inner{{"clientDataJSON", base64url_encode(as_bytes(response.client_data_json))},
                       {"authenticatorData", base64url_encode(response.authenticator_data)},
                       {"signature", base64url_encode(response.signature)}};
    if (response.user_handle) {
        inner["userHandle"] = base64url_encode(*response.user_handle);
    }
    return json::serialize(json::object{{"id", id},
                                        {"rawId", id},
                                        {"type", "public-key"},
                                        {"clientExtensionResults", json::object{}},
                                        {"response", std::move(inner)}});
}

}  // namespace tessera::test
