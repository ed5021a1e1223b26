// Registering a passkey: WebAuthn Level 2 §7.1.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/login/webauthn.hpp"

namespace tessera::login {

struct CreationOptions {
    RelyingParty relying_party;
    Bytes challenge;  // make_webauthn_challenge(), new for each ceremony
    Bytes
        user_handle;  // random, 1 to 64 bytes, the same for all passkeys of a user; says nothing about the person
    std::string user_name;
    std::string user_display_name;
    std::vector<CredentialDescriptor> exclude;  // the user's passkeys: not registered twice
    ResidentKey resident_key = ResidentKey::preferred;
    UserVerification user_verification = UserVerification::required;
    Milliseconds timeout{300'000};
};

// The JSON that PublicKeyCredential.parseCreationOptionsFromJSON() takes (Level 3 §5.1.9). Attestation "none" is asked for: who
// made the authenticator decides nothing here.
std::string to_json(const CreationOptions& options);

// What PublicKeyCredential.toJSON() gives after create() (Level 3 §5.1.7).
struct RegistrationResponse {
    Bytes credential_id;
    std::string client_data_json;
    Bytes attestation_object;
    std::vector<std::string> transports;  // unknown ones are kept; beyond the limits they are left out
};
Result<RegistrationResponse, WebauthnError> parse_registration_response(std::string_view json);

enum class Attestation {
    none,   // format "none"
    self,   // "packed", signed by the passkey itself: verified
    basic,  // "packed" or "fido-u2f" with certificates: the signature is verified, whose certificates they are is not judged
    unverified,  // a format we do not know: kept, worth nothing
};
std::string_view to_string(Attestation attestation);

// What to store. Nothing of it is secret.
struct RegisteredPasskey {
    Bytes credential_id;
    Bytes public_key;            // the COSE_Key as the authenticator gave it
    std::string public_key_pem;  // the same as PKIX SubjectPublicKeyInfo
    CoseAlgorithm algorithm;
    std::array<std::uint8_t, 16> aaguid;  // which model of authenticator; all zero when it does not say
    std::uint32_t sign_count;
    bool user_verified;
    bool backup_eligible;
    bool backed_up;
    Attestation attestation;
    std::string attestation_format;
    Bytes attestation_object;  // as received
    std::vector<std::string> transports;
};

// The caller consumed the expectation (challenge) and then stores the passkey under a unique constraint on the credential id
// (§7.1 step 22).
Result<RegisteredPasskey, WebauthnError> verify_registration(const WebauthnExpectation& expected,
                                                             const RegistrationResponse& response);

}  // namespace tessera::login
