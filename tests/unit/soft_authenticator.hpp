// An authenticator and the browser before it, in software: makes what verify_registration and verify_assertion are given. Every
// part can be set to something else than an honest one would say.
#pragma once

#include <string>
#include <string_view>

#include "base/openssl.hpp"
#include "daemon/login/webauthn_assertion.hpp"
#include "daemon/login/webauthn_registration.hpp"

namespace tessera::test {

// CBOR, written by hand: RFC 8949 §3.
namespace cbor {

Bytes head(unsigned major, std::uint64_t argument);
Bytes number(std::int64_t value);
Bytes text(std::string_view value);
Bytes bytes(ByteView value);
// Keys and values in turn.
Bytes map(std::initializer_list<Bytes> keys_and_values);
Bytes array(std::initializer_list<Bytes> items);
inline Bytes yes() { return {0xF5}; }

}  // namespace cbor

Bytes operator+(Bytes a, ByteView b);

class SoftAuthenticator {
public:
    enum class Format { none, packed_self, packed_basic, fido_u2f, unknown };

    static constexpr std::uint8_t present = 0x01;
    static constexpr std::uint8_t verified = 0x04;
    static constexpr std::uint8_t backup_eligible = 0x08;
    static constexpr std::uint8_t backed_up = 0x10;

    explicit SoftAuthenticator(login::CoseAlgorithm algorithm = login::CoseAlgorithm::es256);

    // What it says; flags AT and ED are set by what is there.
    std::string relying_party_id = "login.example.com";
    std::uint8_t flags = present | verified;
    std::uint32_t sign_count = 0;
    Bytes credential_id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    std::array<std::uint8_t, 16> aaguid{};
    Bytes extensions;  // an encoded map; empty: none
    Bytes user_handle = {0xA, 0xB, 0xC};
    Bytes key;  // the COSE_Key as sent
    Format format = Format::none;
    // What the browser says.
    std::string origin = "https://login.example.com";
    std::string create_type = "webauthn.create";
    std::string get_type = "webauthn.get";
    std::string more_client_data = R"(,"crossOrigin":false)";

    std::string client_data(std::string_view type, ByteView challenge) const;
    Bytes authenticator_data(bool attested) const;
    login::RegistrationResponse create(ByteView challenge) const;
    login::AssertionResponse get(ByteView challenge) const;
    // The same, signed over authenticator data of the test's own.
    login::AssertionResponse get(ByteView challenge, Bytes authenticator_data) const;

    const EVP_PKEY* evp() const { return key_.get(); }
    Bytes sign(ByteView data) const;

private:
    Bytes statement(ByteView authenticator_data, ByteView client_data_hash) const;

    login::CoseAlgorithm algorithm_;
    EvpKeyPtr key_;
    EvpKeyPtr attestation_key_;
    Bytes certificate_;  // DER, self-signed
};

// The JSON of PublicKeyCredential.toJSON().
std::string to_json(const login::RegistrationResponse& response);
std::string to_json(const login::AssertionResponse& response);

}  // namespace tessera::test
