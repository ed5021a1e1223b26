// Where an authenticator app's secret is sealed to.
#pragma once

#include <string>

#include "base/id.hpp"

namespace tessera::login {

// The context of keys::seal and keys::open.
std::string authenticator_context(UserId user);

}  // namespace tessera::login
