#include "daemon/api/console/resource_reference.hpp"

#include "daemon/resource_uri.hpp"

namespace tessera::api::console {

Result<storage::Resource, ApiError> load_resource(storage::Transaction& transaction,
                                                  const std::string& id_or_uri)
{
    std::optional<storage::Resource> found;
    if (const auto id = ResourceId::parse(id_or_uri)) {
        TRY(found, storage::find_resource(transaction, *id));
    } else if (const auto normalized = normalize_resource_uri(id_or_uri)) {
        TRY(found, storage::find_resource_by_uri(transaction, *normalized));
    }
    if (!found) {
        return not_found();
    }
    return std::move(*found);
}

}  // namespace tessera::api::console
