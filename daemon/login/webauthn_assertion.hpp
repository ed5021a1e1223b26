// Signing in with a passkey: WebAuthn Level 2 §7.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/login/webauthn.hpp"

namespace tessera::login {

struct RequestOptions {
    std::string relying_party_id;
    Bytes challenge;                          // make_webauthn_challenge(), new for each ceremony
    std::vector<CredentialDescriptor> allow;  // empty: any discoverable passkey (no user is known yet)
    UserVerification user_verification = UserVerification::required;
    Milliseconds timeout{300'000};
};

// The JSON that PublicKeyCredential.parseRequestOptionsFromJSON() takes (Level 3 §5.1.10).
std::string to_json(const RequestOptions& options);

// What PublicKeyCredential.toJSON() gives after get().
struct AssertionResponse {
    Bytes credential_id;  // look the stored passkey up by it, in the realm
    std::string client_data_json;
    Bytes authenticator_data;
    Bytes signature;
    std::optional<Bytes> user_handle;
};
Result<AssertionResponse, WebauthnError> parse_assertion_response(std::string_view json);

// The stored passkey the response's credential id was looked up to.
struct StoredPasskey {
    Bytes credential_id;
    Bytes public_key;  // RegisteredPasskey::public_key
    Bytes user_handle;
    std::uint32_t sign_count;
    bool backup_eligible;
};

// Whether a user was known before the passkey was.
enum class Discovery {
    known_user,    // allowCredentials was sent: the credential is one of them; a user handle may be absent
    discoverable,  // the passkey says who it is: the user handle must be there
};

// What to store after it verified.
struct AssertedPasskey {
    std::uint32_t sign_count;
    bool user_verified;
    bool backed_up;
};

// The caller has consumed the expectation (challenge), and with known_user looked `stored` up among that user's passkeys. Fault
// `cloned`: the signature is right, but its counter did not grow (§7.2 step 21); refuse, and record it. A counter that is 0
// on both sides means that the authenticator has none.
Result<AssertedPasskey, WebauthnError> verify_assertion(const WebauthnExpectation& expected,
                                                        Discovery discovery, const StoredPasskey& stored,
                                                        const AssertionResponse& response);

}  // namespace tessera::login
