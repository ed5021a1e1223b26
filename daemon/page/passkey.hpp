// What a page hands to web/login/webauthn.ts, and what that sends back.
//
// The options are PublicKeyCredentialRequestOptionsJSON or …CreationOptionsJSON (WebAuthn L3 §5.1.9, §5.1.8): base64url without
// padding for `challenge`, `user.id` and credential ids. The script posts the page's form with do=passkey and the field
// `credential`: AuthenticationResponseJSON {id, rawId, type, authenticatorAttachment?, response: {clientDataJSON,
// authenticatorData, signature, userHandle?}, clientExtensionResults} or RegistrationResponseJSON {…, response:
// {clientDataJSON, attestationObject, transports}}, at most credential_bytes_max.
#pragma once

#include <cstddef>
#include <string>

namespace tessera::page {

inline constexpr std::size_t credential_bytes_max = 32 * 1024;

struct PasskeyOptions {
    std::string json;  // empty = this page offers no passkey
};

}  // namespace tessera::page
