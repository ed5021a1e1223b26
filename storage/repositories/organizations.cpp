#include "storage/repositories/organizations.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define ORGANIZATION_COLUMNS                                                                                 \
    "o.project_id, o.organization_id, o.display_name, o.log_in_with_google, o.log_in_with_microsoft, "       \
    "o.log_in_with_github, o.log_in_with_email, o.log_in_with_password, o.log_in_with_saml, "                \
    "o.log_in_with_oidc, o.log_in_with_authenticator_app, o.log_in_with_passkey, o.require_mfa, "            \
    "o.second_factor_after_sso, o.scim_enabled, o.custom_roles_enabled, o.api_keys_enabled, "                \
    "o.logins_disabled, o.revision, "                                                                        \
    "(extract(epoch FROM o.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM o.update_time) * 1000000)::bigint AS update_us, "                                   \
    "(SELECT array_agg(d.domain ORDER BY d.domain COLLATE \"C\") FROM tessera.organization_domains d "       \
    "WHERE d.project_id = o.project_id AND d.organization_id = o.organization_id) AS domains, "              \
    "(SELECT array_agg(g.hosted_domain ORDER BY g.hosted_domain COLLATE \"C\") "                             \
    "FROM tessera.organization_google_hosted_domains g "                                                     \
    "WHERE g.project_id = o.project_id AND g.organization_id = o.organization_id) AS google_domains, "       \
    "(SELECT array_agg(m.tenant_id ORDER BY m.tenant_id COLLATE \"C\") "                                     \
    "FROM tessera.organization_microsoft_tenant_ids m "                                                      \
    "WHERE m.project_id = o.project_id AND m.organization_id = o.organization_id) AS microsoft_tenants"

constexpr Statement find = {"organizations.find", "tessera_app",
                            "SELECT " ORGANIZATION_COLUMNS
                            " FROM tessera.organizations o WHERE o.organization_id = $1"};
constexpr Statement find_by_domain = {
    "organizations.find_by_domain", "tessera_app",
    "SELECT " ORGANIZATION_COLUMNS " FROM tessera.organizations o "
    "JOIN tessera.organization_domains named USING (project_id, organization_id) "
    "WHERE named.domain = $1 ORDER BY o.organization_id LIMIT $2"};
constexpr Statement list = {"organizations.list", "tessera_app",
                            "SELECT " ORGANIZATION_COLUMNS " FROM tessera.organizations o "
                            "WHERE o.organization_id > $1 ORDER BY o.organization_id LIMIT $2"};

constexpr Statement insert = {
    "organizations.insert", "tessera_app",
    "INSERT INTO tessera.organizations (project_id, organization_id, display_name, log_in_with_google, "
    "log_in_with_microsoft, log_in_with_github, log_in_with_email, log_in_with_password, log_in_with_saml, "
    "log_in_with_oidc, log_in_with_authenticator_app, log_in_with_passkey, require_mfa, "
    "second_factor_after_sso, scim_enabled, custom_roles_enabled, api_keys_enabled) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"};
constexpr Statement update = {
    "organizations.update", "tessera_app",
    "UPDATE tessera.organizations SET display_name = $3, log_in_with_google = $4, "
    "log_in_with_microsoft = $5, log_in_with_github = $6, log_in_with_email = $7, "
    "log_in_with_password = $8, log_in_with_saml = $9, log_in_with_oidc = $10, "
    "log_in_with_authenticator_app = $11, log_in_with_passkey = $12, require_mfa = $13, "
    "second_factor_after_sso = $14, scim_enabled = $15, custom_roles_enabled = $16, "
    "api_keys_enabled = $17, update_time = now(), revision = revision + 1 "
    "WHERE organization_id = $1 AND ($2::bigint = 0 OR revision = $2::bigint) RETURNING project_id"};
constexpr Statement set_logins_disabled = {
    "organizations.set_logins_disabled", "tessera_app",
    "UPDATE tessera.organizations SET logins_disabled = $2, update_time = now(), revision = revision + 1 "
    "WHERE organization_id = $1"};
constexpr Statement remove = {"organizations.delete", "tessera_app",
                              "DELETE FROM tessera.organizations WHERE organization_id = $1"};

// What an organization speaks for is replaced as a whole: what is not wanted goes, what is missing comes.
constexpr Statement remove_domains = {
    "organization_domains.delete_others", "tessera_app",
    "DELETE FROM tessera.organization_domains WHERE organization_id = $1 AND domain <> ALL ($2::text[])"};
constexpr Statement insert_domains = {
    "organization_domains.insert", "tessera_app",
    "INSERT INTO tessera.organization_domains (project_id, organization_id, domain) "
    "SELECT $1::uuid, $2::uuid, wanted FROM unnest($3::text[]) AS wanted ON CONFLICT DO NOTHING"};
constexpr Statement remove_google_domains = {
    "organization_google_hosted_domains.delete_others", "tessera_app",
    "DELETE FROM tessera.organization_google_hosted_domains "
    "WHERE organization_id = $1 AND hosted_domain <> ALL ($2::text[])"};
constexpr Statement insert_google_domains = {
    "organization_google_hosted_domains.insert", "tessera_app",
    "INSERT INTO tessera.organization_google_hosted_domains (project_id, organization_id, hosted_domain) "
    "SELECT $1::uuid, $2::uuid, wanted FROM unnest($3::text[]) AS wanted ON CONFLICT DO NOTHING"};
constexpr Statement remove_microsoft_tenants = {
    "organization_microsoft_tenant_ids.delete_others", "tessera_app",
    "DELETE FROM tessera.organization_microsoft_tenant_ids "
    "WHERE organization_id = $1 AND tenant_id <> ALL ($2::text[])"};
constexpr Statement insert_microsoft_tenants = {
    "organization_microsoft_tenant_ids.insert", "tessera_app",
    "INSERT INTO tessera.organization_microsoft_tenant_ids (project_id, organization_id, tenant_id) "
    "SELECT $1::uuid, $2::uuid, wanted FROM unnest($3::text[]) AS wanted ON CONFLICT DO NOTHING"};

#undef ORGANIZATION_COLUMNS

Organization read_organization(const pqxx::row& row)
{
    Organization organization;
    organization.id = OrganizationId{parse_row_uuid(row["organization_id"])};
    organization.project = ProjectId{parse_row_uuid(row["project_id"])};
    OrganizationSettings& settings = organization.settings;
    settings.display_name = row["display_name"].as<std::string>();
    settings.log_in_with_google = row["log_in_with_google"].as<bool>();
    settings.log_in_with_microsoft = row["log_in_with_microsoft"].as<bool>();
    settings.log_in_with_github = row["log_in_with_github"].as<bool>();
    settings.log_in_with_email = row["log_in_with_email"].as<bool>();
    settings.log_in_with_password = row["log_in_with_password"].as<bool>();
    settings.log_in_with_saml = row["log_in_with_saml"].as<bool>();
    settings.log_in_with_oidc = row["log_in_with_oidc"].as<bool>();
    settings.log_in_with_authenticator_app = row["log_in_with_authenticator_app"].as<bool>();
    settings.log_in_with_passkey = row["log_in_with_passkey"].as<bool>();
    settings.require_mfa = row["require_mfa"].as<bool>();
    settings.second_factor_after_sso = row["second_factor_after_sso"].as<bool>();
    settings.scim_enabled = row["scim_enabled"].as<bool>();
    settings.custom_roles_enabled = row["custom_roles_enabled"].as<bool>();
    settings.api_keys_enabled = row["api_keys_enabled"].as<bool>();
    settings.domains = parse_array(row["domains"]);
    settings.google_hosted_domains = parse_array(row["google_domains"]);
    settings.microsoft_tenant_ids = parse_array(row["microsoft_tenants"]);
    organization.logins_disabled = row["logins_disabled"].as<bool>();
    organization.create_time = parse_instant(row["create_us"]);
    organization.update_time = parse_instant(row["update_us"]);
    organization.revision = row["revision"].as<std::int64_t>();
    return organization;
}

std::vector<Organization> read_organizations(const pqxx::result& rows)
{
    std::vector<Organization> organizations;
    for (const auto& row : rows) {
        organizations.push_back(read_organization(row));
    }
    return organizations;
}

template <class... Keys>
Result<pqxx::result, StoreError> write(Transaction& transaction, const Statement& statement,
                                       const OrganizationSettings& s, const Keys&... keys)
{
    return run(transaction, statement, keys..., s.display_name, s.log_in_with_google, s.log_in_with_microsoft,
               s.log_in_with_github, s.log_in_with_email, s.log_in_with_password, s.log_in_with_saml,
               s.log_in_with_oidc, s.log_in_with_authenticator_app, s.log_in_with_passkey, s.require_mfa,
               s.second_factor_after_sso, s.scim_enabled, s.custom_roles_enabled, s.api_keys_enabled);
}

Result<void, StoreError> write_lists(Transaction& transaction, const std::string& project,
                                     const std::string& organization, const OrganizationSettings& settings)
{
    struct List {
        const Statement& remove_others;
        const Statement& insert_missing;
        const std::vector<std::string>& wanted;
    };
    for (const List& named :
         {List{remove_domains, insert_domains, settings.domains},
          List{remove_google_domains, insert_google_domains, settings.google_hosted_domains},
          List{remove_microsoft_tenants, insert_microsoft_tenants, settings.microsoft_tenant_ids}}) {
        const std::string wanted = array_literal(named.wanted);
        TRY(run(transaction, named.remove_others, organization, wanted));
        TRY(run(transaction, named.insert_missing, project, organization, wanted));
    }
    return ok();
}

}  // namespace

const std::vector<Statement>& organization_statements()
{
    static const std::vector<Statement> all = {
        find,
        find_by_domain,
        list,
        insert,
        update,
        remove,
        remove_domains,
        set_logins_disabled,
        insert_domains,
        remove_google_domains,
        insert_google_domains,
        remove_microsoft_tenants,
        insert_microsoft_tenants,
    };
    return all;
}

Result<std::optional<Organization>, StoreError> find_organization(Transaction& transaction, OrganizationId id)
{
    TRY(auto&& rows, run(transaction, find, to_string(id.uuid)));
    return rows.empty() ? std::optional<Organization>{} : std::optional{read_organization(rows[0])};
}

Result<std::vector<Organization>, StoreError>
find_organizations_by_domain(Transaction& transaction, const std::string& domain, std::size_t limit)
{
    TRY(auto&& rows, run(transaction, find_by_domain, domain, limit));
    return read_organizations(rows);
}

Result<std::vector<Organization>, StoreError> list_organizations(Transaction& transaction,
                                                                 OrganizationId after, std::size_t limit)
{
    TRY(auto&& rows, run(transaction, list, to_string(after.uuid), limit));
    return read_organizations(rows);
}

Result<Organization, StoreError> insert_organization(Transaction& transaction, ProjectId project,
                                                     OrganizationId id, const OrganizationSettings& settings)
{
    const std::string project_uuid = to_string(project.uuid);
    const std::string uuid = to_string(id.uuid);
    TRY(write(transaction, insert, settings, project_uuid, uuid));
    TRY(write_lists(transaction, project_uuid, uuid, settings));
    TRY(auto&& rows, run(transaction, find, uuid));
    return read_organization(rows[0]);
}

Result<std::optional<Organization>, StoreError> update_organization(Transaction& transaction,
                                                                    OrganizationId id,
                                                                    const OrganizationSettings& settings,
                                                                    std::int64_t expected_revision)
{
    const std::string uuid = to_string(id.uuid);
    TRY(auto&& updated, write(transaction, update, settings, uuid, expected_revision));
    if (updated.empty()) {
        return std::optional<Organization>{};
    }
    TRY(write_lists(transaction, updated[0]["project_id"].as<std::string>(), uuid, settings));
    return find_organization(transaction, id);
}

Result<bool, StoreError> set_organization_logins_disabled(Transaction& transaction, OrganizationId id,
                                                          bool disabled)
{
    TRY(auto&& rows, run(transaction, set_logins_disabled, to_string(id.uuid), disabled));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> delete_organization(Transaction& transaction, OrganizationId id)
{
    TRY(auto&& rows, run(transaction, remove, to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
