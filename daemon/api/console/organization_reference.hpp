// Which organization an operator means.
#pragma once

#include <string>

#include "base/result.hpp"
#include "daemon/api/error.hpp"
#include "storage/repositories/organizations.hpp"
#include "storage/repositories/projects.hpp"

namespace tessera::api::console {

Result<storage::Organization, ApiError> load_organization(storage::Transaction& transaction,
                                                          const std::string& id);

// Where something new belongs: the organization named, or the only one a project has. invalid_argument otherwise.
Result<OrganizationId, ApiError> place_of(storage::Transaction& transaction, const storage::Project& project,
                                          const std::string& organization_id);

}  // namespace tessera::api::console
