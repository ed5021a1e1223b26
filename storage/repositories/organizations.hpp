// Organizations: the customers of a project, each with its own people. Realm scope throughout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// A method counts only where the project has it too.
struct OrganizationSettings {
    std::string display_name;
    bool log_in_with_google = false;
    bool log_in_with_microsoft = false;
    bool log_in_with_github = false;
    bool log_in_with_email = true;
    bool log_in_with_password = true;
    bool log_in_with_saml = false;
    bool log_in_with_oidc = false;
    bool log_in_with_authenticator_app = true;
    bool log_in_with_passkey = true;
    bool require_mfa = false;              // only with one of the two above
    bool second_factor_after_sso = false;  // asked even where an identity provider has signed the person in
    bool scim_enabled = false;
    bool custom_roles_enabled = false;
    bool api_keys_enabled = false;
    // Whose addresses, Google workspaces and Microsoft tenants it speaks for; in code-point order.
    std::vector<std::string> domains;  // lower case
    std::vector<std::string> google_hosted_domains;
    std::vector<std::string> microsoft_tenant_ids;

    bool operator==(const OrganizationSettings&) const = default;
};

struct Organization {
    OrganizationId id;
    ProjectId project;
    OrganizationSettings settings;
    bool logins_disabled = false;
    Instant create_time;
    Instant update_time;
    std::int64_t revision = 1;
};

Result<std::optional<Organization>, StoreError> find_organization(Transaction& transaction,
                                                                  OrganizationId id);
// Those that name the domain, by id; `domain` in lower case. At most `limit`.
Result<std::vector<Organization>, StoreError>
find_organizations_by_domain(Transaction& transaction, const std::string& domain, std::size_t limit);
// Ordered by id; `after` nil = from the start.
Result<std::vector<Organization>, StoreError> list_organizations(Transaction& transaction,
                                                                 OrganizationId after, std::size_t limit);
// Invalid: "organizations_mfa_check" when a second factor is required and none can be had.
Result<Organization, StoreError> insert_organization(Transaction& transaction, ProjectId project,
                                                     OrganizationId id, const OrganizationSettings& settings);
// Writes every setting; empty when there is no such organization or `expected_revision` (0 = any) differs.
Result<std::optional<Organization>, StoreError> update_organization(Transaction& transaction,
                                                                    OrganizationId id,
                                                                    const OrganizationSettings& settings,
                                                                    std::int64_t expected_revision);
Result<bool, StoreError> set_organization_logins_disabled(Transaction& transaction, OrganizationId id,
                                                          bool disabled);
// Its people, their sessions and their tokens go with it. Reference error "projects_sole_organization_fkey" for the sole
// organization of a project.
Result<bool, StoreError> delete_organization(Transaction& transaction, OrganizationId id);

}  // namespace tessera::storage
