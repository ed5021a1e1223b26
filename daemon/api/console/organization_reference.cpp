#include "daemon/api/console/organization_reference.hpp"

namespace tessera::api::console {

Result<storage::Organization, ApiError> load_organization(storage::Transaction& transaction,
                                                          const std::string& id)
{
    std::optional<storage::Organization> found;
    if (const auto parsed = OrganizationId::parse(id)) {
        TRY(found, storage::find_organization(transaction, *parsed));
    }
    if (!found) {
        return not_found();
    }
    return std::move(*found);
}

Result<OrganizationId, ApiError> place_of(storage::Transaction& transaction, const storage::Project& project,
                                          const std::string& organization_id)
{
    if (organization_id.empty() && project.sole_organization) {
        return *project.sole_organization;
    }
    auto organization = load_organization(transaction, organization_id);
    if (!organization) {
        return organization.error().code == Code::not_found
                   ? invalid("organizationId", "is not an organization of this project")
                   : organization.error();
    }
    return organization.value().id;
}

}  // namespace tessera::api::console
