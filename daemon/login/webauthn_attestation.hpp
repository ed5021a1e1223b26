// Attestation statements (WebAuthn Level 2 §8): verified where libfido2 can, believed nowhere.
#pragma once

#include <string_view>

#include "base/digest.hpp"
#include "daemon/login/webauthn_authenticator_data.hpp"
#include "daemon/login/webauthn_key.hpp"
#include "daemon/login/webauthn_registration.hpp"

namespace tessera::login {

// The parts of an attestation object (§6.5.4); views refer to its bytes.
struct AttestationObject {
    std::string_view format;
    ByteView statement;  // one CBOR map
    ByteView authenticator_data;
};
Result<AttestationObject, WebauthnError> parse_attestation_object(ByteView bytes);

// `data` was parsed from the object and checked, and `key` is the attested one.
Result<Attestation, WebauthnError> verify_attestation(const AttestationObject& object,
                                                      const AuthenticatorData& data,
                                                      const PasskeyPublicKey& key,
                                                      const Sha256& client_data_hash,
                                                      const RelyingParty& relying_party);

}  // namespace tessera::login
