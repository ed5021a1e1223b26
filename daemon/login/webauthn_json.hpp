// The JSON of WebAuthn Level 3 §5.1: options to the browser, credentials from it. Bytes are base64url without padding.
#pragma once

#include <span>
#include <string_view>

#include "base/json.hpp"
#include "daemon/login/webauthn.hpp"

namespace tessera::login {

// "required", "preferred" or "discouraged".
std::string_view to_string(UserVerification wanted);
std::string_view to_string(ResidentKey wanted);

// [{"type": "public-key", "id": …, "transports": […]}]; at most credentials_listed_max.
json::array to_json(std::span<const CredentialDescriptor> credentials);

// What registration and authentication responses have in common.
struct CredentialJson {
    Bytes id;
    json::object response;
};
Result<CredentialJson, WebauthnError> parse_credential(std::string_view json);

// A base64url member of at most `bytes_max` bytes, decoded.
Result<Bytes, WebauthnError> load_bytes(const json::object& object, std::string_view name,
                                        std::size_t bytes_max);
// nullopt when it is absent, null or an empty text.
Result<std::optional<Bytes>, WebauthnError> find_bytes(const json::object& object, std::string_view name,
                                                       std::size_t bytes_max);

}  // namespace tessera::login
