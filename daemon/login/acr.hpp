// What an authentication is worth: the acr and amr claims (OpenID Connect Core §2), from what really happened.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "storage/repositories/login_flows.hpp"

namespace tessera::login {

// In rising order; each satisfies those before it.
namespace acr {
inline constexpr std::string_view one_factor = "urn:tessera:acr:1fa";
inline constexpr std::string_view two_factors = "urn:tessera:acr:2fa";
inline constexpr std::string_view phishing_resistant = "phr";  // OpenID EAP ACR Values §2
inline constexpr std::array values{one_factor, two_factors, phishing_resistant};
}  // namespace acr

// True when `reached` is at least `wanted`; what we do not know is never reached.
bool is_reached(std::string_view reached, std::string_view wanted);

// RFC 8176 values, and "email" for a code sent by mail, which that registry has no value for.
std::vector<std::string> amr_of(const storage::LoginFlow& flow);
std::string acr_of(const storage::LoginFlow& flow);

}  // namespace tessera::login
