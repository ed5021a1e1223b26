// storage::Project ⇄ the message of the console API.
#pragma once

#include <string>

#include "base/result.hpp"
#include "daemon/api/console/console.pb.h"
#include "daemon/api/error.hpp"
#include "storage/repositories/projects.hpp"

namespace tessera::api::console {

tessera::console::v1::Project to_message(const storage::Project& project, const std::string& issuer);

// The settings a message asks for; invalid_argument names the member. Secrets are not settings.
Result<storage::ProjectSettings, ApiError> to_settings(const tessera::console::v1::Project& message);

// Members as a new project has them.
tessera::console::v1::Project default_project();

}  // namespace tessera::api::console
