#include "daemon/login/webauthn.hpp"

#include "base/random.hpp"

namespace tessera::login {

std::string_view to_string(WebauthnFault fault)
{
    switch (fault) {
    case WebauthnFault::too_large: return "too_large";
    case WebauthnFault::malformed: return "malformed";
    case WebauthnFault::wrong_type: return "wrong_type";
    case WebauthnFault::wrong_challenge: return "wrong_challenge";
    case WebauthnFault::wrong_origin: return "wrong_origin";
    case WebauthnFault::cross_origin: return "cross_origin";
    case WebauthnFault::wrong_relying_party: return "wrong_relying_party";
    case WebauthnFault::user_not_present: return "user_not_present";
    case WebauthnFault::user_not_verified: return "user_not_verified";
    case WebauthnFault::unsupported_algorithm: return "unsupported_algorithm";
    case WebauthnFault::unacceptable_key: return "unacceptable_key";
    case WebauthnFault::invalid_attestation: return "invalid_attestation";
    case WebauthnFault::unknown_credential: return "unknown_credential";
    case WebauthnFault::wrong_user: return "wrong_user";
    case WebauthnFault::backup_state: return "backup_state";
    case WebauthnFault::bad_signature: return "bad_signature";
    case WebauthnFault::cloned: return "cloned";
    }
    return "";
}

std::string_view to_string(CoseAlgorithm algorithm)
{
    switch (algorithm) {
    case CoseAlgorithm::es256: return "ES256";
    case CoseAlgorithm::eddsa: return "EdDSA";
    case CoseAlgorithm::rs256: return "RS256";
    }
    return "";
}

Bytes make_webauthn_challenge()
{
    Bytes challenge(challenge_bytes);
    fill_random(challenge);
    return challenge;
}

}  // namespace tessera::login
