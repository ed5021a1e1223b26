// Authenticator data (WebAuthn Level 2 §6.1): what the authenticator says and signs.
#pragma once

#include <array>
#include <optional>

#include "daemon/login/webauthn.hpp"

namespace tessera::login {

// Views refer to the bytes that were parsed.
struct AttestedCredential {
    std::array<std::uint8_t, 16> aaguid;
    ByteView credential_id;
    ByteView public_key;  // one CBOR item; not judged
};

struct AuthenticatorData {
    ByteView whole;
    ByteView relying_party_id_hash;
    std::uint8_t flags;
    std::uint32_t sign_count;
    std::optional<AttestedCredential> attested;
    ByteView extensions;  // one CBOR map; empty when there is none

    bool user_present() const { return (flags & 0x01) != 0; }
    bool user_verified() const { return (flags & 0x04) != 0; }
    bool backup_eligible() const { return (flags & 0x08) != 0; }  // Level 3 §6.1
    bool backed_up() const { return (flags & 0x10) != 0; }
};

// The whole of `bytes`: nothing may stand behind what the flags announce.
Result<AuthenticatorData, WebauthnError> parse_authenticator_data(ByteView bytes);

// rpIdHash, user presence, user verification where it is required, and backup flags that make sense (Level 2 §7.1 steps 13 to
// 15, §7.2 steps 15 to 17; Level 3 §6.1.3).
Result<void, WebauthnError> check_authenticator_data(const AuthenticatorData& data,
                                                     const WebauthnExpectation& expected);

}  // namespace tessera::login
