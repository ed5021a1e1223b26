// storage::Organization ⇄ the message of the console API.
#pragma once

#include "base/result.hpp"
#include "daemon/api/console/console.pb.h"
#include "daemon/api/error.hpp"
#include "storage/repositories/organizations.hpp"
#include "storage/repositories/projects.hpp"

namespace tessera::api::console {

tessera::console::v1::Organization to_message(const storage::Organization& organization);

// The settings a message asks for; invalid_argument names the member.
Result<storage::OrganizationSettings, ApiError>
to_settings(const tessera::console::v1::Organization& message);

// Methods as a new organization of the project has them.
storage::OrganizationSettings default_organization(const storage::ProjectSettings& project);

// failed_precondition when `after` turns on a method that the project does not have. What was on before may stay on: it does
// not count.
Result<void, ApiError> check_methods(const storage::OrganizationSettings& before,
                                     const storage::OrganizationSettings& after,
                                     const storage::ProjectSettings& project);

}  // namespace tessera::api::console
