// Which resource an operator means: by id, or by its URI in any of its equal forms.
#pragma once

#include <string>

#include "base/result.hpp"
#include "daemon/api/error.hpp"
#include "storage/repositories/resources.hpp"

namespace tessera::api::console {

Result<storage::Resource, ApiError> load_resource(storage::Transaction& transaction,
                                                  const std::string& id_or_uri);

}  // namespace tessera::api::console
