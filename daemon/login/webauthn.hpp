// Passkeys: what registration and assertion (WebAuthn Level 2 §7) share. Values and limits only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/result.hpp"

namespace tessera::login {

// Limits of what a browser sends, in bytes.
inline constexpr std::size_t webauthn_response_bytes_max = 128 * 1024;  // the whole JSON of one credential
inline constexpr std::size_t client_data_bytes_max = 4 * 1024;
inline constexpr std::size_t attestation_object_bytes_max = 64 * 1024;
inline constexpr std::size_t authenticator_data_bytes_max = 8 * 1024;
inline constexpr std::size_t signature_bytes_max = 1024;
inline constexpr std::size_t credential_id_bytes_max = 1023;  // Level 2 §5.8.3 with §7.1 of Level 3
inline constexpr std::size_t user_handle_bytes_max = 64;      // §5.4.3
inline constexpr std::size_t challenge_bytes = 32;            // §13.4.3 asks for 16
inline constexpr std::size_t transports_max = 8;
inline constexpr std::size_t transport_chars_max = 32;
inline constexpr std::size_t credentials_listed_max = 64;  // in excludeCredentials and allowCredentials

// Why a response is refused. For the log and the audit trail; the person reads one sentence whatever it was.
enum class WebauthnFault {
    too_large,              // a named limit above
    malformed,              // JSON, base64url, CBOR or the fixed layouts
    wrong_type,             // webauthn.create for an assertion or the other way round
    wrong_challenge,        // another ceremony's
    wrong_origin,           // not one of the relying party's, letter for letter
    cross_origin,           // inside another site's frame
    wrong_relying_party,    // rpIdHash
    user_not_present,       // flag UP
    user_not_verified,      // flag UV, where the policy requires it
    unsupported_algorithm,  // not one we offered
    unacceptable_key,       // point not on its curve, RSA too small or unusual
    invalid_attestation,    // a format we verify, and it does not verify
    unknown_credential,     // the response names another credential than the stored one, or one not asked for
    wrong_user,             // user handle of somebody else
    backup_state,           // backed up though it cannot be, or its eligibility changed
    bad_signature,
    cloned,  // the signature counter did not grow: two authenticators have this key
};

struct WebauthnError {
    WebauthnFault fault;
    std::string detail;  // for the log
};

std::string_view to_string(WebauthnFault fault);

// COSE algorithm numbers (RFC 9053, RFC 8812), in the order we offer them.
enum class CoseAlgorithm : int { es256 = -7, eddsa = -8, rs256 = -257 };
inline constexpr std::array cose_algorithms = {CoseAlgorithm::es256, CoseAlgorithm::eddsa,
                                               CoseAlgorithm::rs256};
std::string_view to_string(CoseAlgorithm algorithm);  // "ES256"

enum class UserVerification { required, preferred, discouraged };
enum class ResidentKey { required, preferred, discouraged };

// Who asks: the same for both ceremonies of a realm.
struct RelyingParty {
    std::string id;                    // a host name: "login.example.com"
    std::string name;                  // shown by the authenticator
    std::vector<std::string> origins;  // "https://login.example.com": compared as whole strings
};

// A credential the browser is told about.
struct CredentialDescriptor {
    Bytes id;
    std::vector<std::string> transports;  // as the browser reported them; may be empty
};

// What is kept for one ceremony until its response comes, and consumed with it.
struct WebauthnExpectation {
    RelyingParty relying_party;
    Bytes challenge;
    UserVerification user_verification = UserVerification::required;
};

Bytes make_webauthn_challenge();

}  // namespace tessera::login
