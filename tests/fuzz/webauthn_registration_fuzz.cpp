// Registration of a passkey: a line of client data, then an attestation object. The object is also judged behind honest client
// data, so that mutations reach the statement; what is taken can be stored and read again.
#include <algorithm>

#include <openssl/pem.h>

#include "base/assert.hpp"
#include "base/openssl.hpp"
#include "daemon/login/webauthn_attestation.hpp"
#include "daemon/login/webauthn_client_data.hpp"
#include "daemon/login/webauthn_key.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;

const WebauthnExpectation expected{
    {"login.example.com", "Example", {"https://login.example.com"}}, Bytes(challenge_bytes, 0x5A), {}};

std::string honest_client_data()
{
    return R"({"type":"webauthn.create","challenge":")" + base64url_encode(expected.challenge)
           + R"(","origin":"https://login.example.com","crossOrigin":false})";
}

void check_stored(const RegisteredPasskey& passkey, ByteView object)
{
    ASSERT(!passkey.credential_id.empty() && passkey.credential_id.size() <= credential_id_bytes_max);
    ASSERT(std::ranges::equal(passkey.attestation_object, object));
    const auto key = parse_passkey_public_key(passkey.public_key);
    ASSERT(key.has_value() && key.value().algorithm == passkey.algorithm);
    const BioPtr bio{
        BIO_new_mem_buf(passkey.public_key_pem.data(), static_cast<int>(passkey.public_key_pem.size()))};
    const EvpKeyPtr read{PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)};
    ASSERT(read != nullptr);
    ASSERT(!passkey.backed_up || passkey.backup_eligible);
}

// The id that an honest browser would name beside this object.
Bytes id_of(ByteView bytes)
{
    const auto object = parse_attestation_object(bytes);
    if (!object) {
        return {};
    }
    const auto data = parse_authenticator_data(object.value().authenticator_data);
    if (!data || !data.value().attested) {
        return {};
    }
    const ByteView id = data.value().attested->credential_id;
    return {id.begin(), id.end()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest = fuzz::as_input(data, size);
    const std::string_view client_data = fuzz::cut_line(rest);
    const ByteView object = as_bytes(rest);
    if (check_client_data(client_data, Ceremony::create, expected)) {
        ASSERT(client_data.size() <= client_data_bytes_max && !client_data.empty());
    }
    ASSERT(!check_client_data(client_data, Ceremony::get, expected)
           || !check_client_data(client_data, Ceremony::create, expected));
    for (const std::string& json : {std::string{client_data}, honest_client_data()}) {
        const auto passkey =
            verify_registration(expected, {id_of(object), json, Bytes(object.begin(), object.end()), {}});
        if (passkey) {
            check_stored(passkey.value(), object);
        }
    }
    static_cast<void>(parse_registration_response(fuzz::as_input(data, size)));
    return 0;
}
