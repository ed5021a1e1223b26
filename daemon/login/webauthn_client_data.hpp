// clientDataJSON (WebAuthn Level 2 §5.8.1): what the browser says about the ceremony. It cannot be forged by a page, only by a
// browser; so this is where another site's ceremony is told from ours.
#pragma once

#include <string_view>

#include "daemon/login/webauthn.hpp"

namespace tessera::login {

enum class Ceremony { create, get };

// Level 2 §7.1 steps 7 to 10 and §7.2 steps 11 to 14: type; challenge; origin, compared as a whole string with each of the
// relying party's; not inside another origin's frame. Members we do not know are allowed (§5.8.1).
Result<void, WebauthnError> check_client_data(std::string_view client_data_json, Ceremony ceremony,
                                              const WebauthnExpectation& expected);

}  // namespace tessera::login
