#include "storage/repositories/projects.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define PROJECT_COLUMNS                                                                                      \
    "project_id, slug, display_name, log_in_with_google, log_in_with_microsoft, log_in_with_github, "        \
    "log_in_with_email, log_in_with_password, log_in_with_saml, log_in_with_oidc, "                          \
    "log_in_with_authenticator_app, log_in_with_passkey, google_oauth_client_id, "                           \
    "google_oauth_client_secret_sealed, microsoft_oauth_client_id, microsoft_oauth_client_secret_sealed, "   \
    "github_oauth_client_id, github_oauth_client_secret_sealed, vault_domain, vault_domain_custom, "         \
    "trusted_domains, cookie_domain, redirect_uri, after_login_redirect_uri, after_signup_redirect_uri, "    \
    "email_send_from_domain, logins_disabled, self_serve_create_organizations, self_serve_create_users, "    \
    "auto_create_organizations, api_keys_enabled, api_key_secret_token_prefix, audit_logs_enabled, "         \
    "access_token_lifetime_s, default_resource_uri, audit_retention_days, session_lifetime_s, "              \
    "session_idle_s, refresh_token_lifetime_s, refresh_token_idle_s, default_locale, registration_policy, "  \
    "keyring_id, sole_organization_id, pairwise_salt, disabled, "                                            \
    "(extract(epoch FROM create_time) * 1000000)::bigint AS create_us, "                                     \
    "(extract(epoch FROM update_time) * 1000000)::bigint AS update_us, revision"

constexpr Statement find_by_slug = {"projects.find_by_slug", "tessera_system",
                                    "SELECT " PROJECT_COLUMNS " FROM tessera.projects WHERE slug = $1"};
constexpr Statement find_by_id = {"projects.find", "tessera_app",
                                  "SELECT " PROJECT_COLUMNS " FROM tessera.projects WHERE project_id = $1"};
constexpr Statement list = {"projects.list", "tessera_system",
                            "SELECT " PROJECT_COLUMNS
                            " FROM tessera.projects WHERE slug > $1 ORDER BY slug LIMIT $2"};
constexpr Statement list_domains = {
    "projects.list_passkey_domains", "tessera_system",
    "SELECT DISTINCT domain FROM tessera.projects, unnest(trusted_domains) AS domain "
    "WHERE trusted_domains <> '{}' AND log_in_with_passkey AND NOT disabled ORDER BY domain LIMIT $1"};

// Both take the settings first, as write() sends them, then what is theirs alone.
constexpr Statement insert = {
    "projects.insert", "tessera_system",
    "INSERT INTO tessera.projects (display_name, log_in_with_google, log_in_with_microsoft, "
    "log_in_with_github, log_in_with_email, "
    "log_in_with_password, log_in_with_saml, log_in_with_oidc, log_in_with_authenticator_app, "
    "log_in_with_passkey, google_oauth_client_id, microsoft_oauth_client_id, github_oauth_client_id, "
    "vault_domain, vault_domain_custom, trusted_domains, cookie_domain, redirect_uri, "
    "after_login_redirect_uri, after_signup_redirect_uri, email_send_from_domain, logins_disabled, "
    "self_serve_create_organizations, self_serve_create_users, auto_create_organizations, "
    "api_keys_enabled, api_key_secret_token_prefix, audit_logs_enabled, access_token_lifetime_s, "
    "default_resource_uri, audit_retention_days, session_lifetime_s, session_idle_s, "
    "refresh_token_lifetime_s, refresh_token_idle_s, default_locale, registration_policy, "
    "project_id, slug, keyring_id, google_oauth_client_secret_sealed, "
    "microsoft_oauth_client_secret_sealed, github_oauth_client_secret_sealed, sole_organization_id) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, ''), nullif($12, ''), nullif($13, ''), "
    "nullif($14, ''), $15, $16::text[], nullif($17, ''), nullif($18, ''), nullif($19, ''), "
    "nullif($20, ''), nullif($21, ''), $22, $23, $24, $25, $26, nullif($27, ''), $28, $29, "
    "nullif($30, ''), $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, "
    "nullif($44, '')::uuid) RETURNING " PROJECT_COLUMNS};
// The organization must be there by the end of the transaction: projects_sole_organization_fkey is deferred.
constexpr Statement insert_sole_organization = {
    "projects.insert_sole_organization", "tessera_system",
    "INSERT INTO tessera.organizations (project_id, organization_id, display_name, log_in_with_google, "
    "log_in_with_microsoft, log_in_with_github, log_in_with_email, log_in_with_password, log_in_with_saml, "
    "log_in_with_oidc, log_in_with_authenticator_app, log_in_with_passkey) "
    "SELECT project_id, sole_organization_id, display_name, log_in_with_google, log_in_with_microsoft, "
    "log_in_with_github, log_in_with_email, log_in_with_password, log_in_with_saml, log_in_with_oidc, "
    "log_in_with_authenticator_app, log_in_with_passkey FROM tessera.projects WHERE project_id = $1"};

constexpr Statement update = {
    "projects.update", "tessera_app",
    "UPDATE tessera.projects SET display_name = $1, log_in_with_google = $2, log_in_with_microsoft = $3, "
    "log_in_with_github = $4, log_in_with_email = $5, log_in_with_password = $6, "
    "log_in_with_saml = $7, log_in_with_oidc = $8, log_in_with_authenticator_app = $9, "
    "log_in_with_passkey = $10, google_oauth_client_id = nullif($11, ''), "
    "microsoft_oauth_client_id = nullif($12, ''), github_oauth_client_id = nullif($13, ''), "
    "vault_domain = nullif($14, ''), vault_domain_custom = $15, trusted_domains = $16::text[], "
    "cookie_domain = nullif($17, ''), redirect_uri = nullif($18, ''), "
    "after_login_redirect_uri = nullif($19, ''), after_signup_redirect_uri = nullif($20, ''), "
    "email_send_from_domain = nullif($21, ''), logins_disabled = $22, "
    "self_serve_create_organizations = $23, self_serve_create_users = $24, "
    "auto_create_organizations = $25, api_keys_enabled = $26, "
    "api_key_secret_token_prefix = nullif($27, ''), audit_logs_enabled = $28, "
    "access_token_lifetime_s = $29, default_resource_uri = nullif($30, ''), "
    "audit_retention_days = $31, session_lifetime_s = $32, session_idle_s = $33, "
    "refresh_token_lifetime_s = $34, refresh_token_idle_s = $35, default_locale = $36, "
    "registration_policy = $37, update_time = now(), revision = revision + 1 "
    "WHERE project_id = $38 AND ($39::bigint = 0 OR revision = $39) RETURNING " PROJECT_COLUMNS};

constexpr Statement set_disabled = {"projects.set_disabled", "tessera_app",
                                    "UPDATE tessera.projects SET disabled = $2, update_time = now(), "
                                    "revision = revision + 1 WHERE project_id = $1"};

constexpr Statement set_sealed = {
    "projects.set_sealed_secrets", "tessera_app",
    "UPDATE tessera.projects SET "
    "google_oauth_client_secret_sealed = coalesce($2, google_oauth_client_secret_sealed), "
    "microsoft_oauth_client_secret_sealed = coalesce($3, microsoft_oauth_client_secret_sealed), "
    "github_oauth_client_secret_sealed = coalesce($4, github_oauth_client_secret_sealed), "
    "update_time = now(), revision = revision + 1 WHERE project_id = $1"};

#undef PROJECT_COLUMNS

ProjectSettings read_settings(const pqxx::row& row)
{
    ProjectSettings settings;
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
    settings.google_oauth_client_id = optional_text(row["google_oauth_client_id"]);
    settings.microsoft_oauth_client_id = optional_text(row["microsoft_oauth_client_id"]);
    settings.github_oauth_client_id = optional_text(row["github_oauth_client_id"]);
    settings.vault_domain = optional_text(row["vault_domain"]);
    settings.vault_domain_custom = row["vault_domain_custom"].as<bool>();
    settings.trusted_domains = parse_array(row["trusted_domains"]);
    settings.cookie_domain = optional_text(row["cookie_domain"]);
    settings.redirect_uri = optional_text(row["redirect_uri"]);
    settings.after_login_redirect_uri = optional_text(row["after_login_redirect_uri"]);
    settings.after_signup_redirect_uri = optional_text(row["after_signup_redirect_uri"]);
    settings.email_send_from_domain = optional_text(row["email_send_from_domain"]);
    settings.logins_disabled = row["logins_disabled"].as<bool>();
    settings.self_serve_create_organizations = row["self_serve_create_organizations"].as<bool>();
    settings.self_serve_create_users = row["self_serve_create_users"].as<bool>();
    settings.auto_create_organizations = row["auto_create_organizations"].as<bool>();
    settings.api_keys_enabled = row["api_keys_enabled"].as<bool>();
    settings.api_key_secret_token_prefix = optional_text(row["api_key_secret_token_prefix"]);
    settings.audit_logs_enabled = row["audit_logs_enabled"].as<bool>();
    settings.access_token_lifetime_s = row["access_token_lifetime_s"].as<std::int32_t>();
    settings.default_resource_uri = optional_text(row["default_resource_uri"]);
    settings.audit_retention_days = row["audit_retention_days"].as<std::int32_t>();
    settings.session_lifetime_s = row["session_lifetime_s"].as<std::int32_t>();
    settings.session_idle_s = row["session_idle_s"].as<std::int32_t>();
    settings.refresh_token_lifetime_s = row["refresh_token_lifetime_s"].as<std::int32_t>();
    settings.refresh_token_idle_s = row["refresh_token_idle_s"].as<std::int32_t>();
    settings.default_locale = row["default_locale"].as<std::string>();
    settings.registration_policy = row["registration_policy"].as<std::string>();
    return settings;
}

std::optional<Bytes> optional_bytes(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{parse_bytes(field)};
}

Project read_project(const pqxx::row& row)
{
    Project project;
    project.id = ProjectId{parse_row_uuid(row["project_id"])};
    project.slug = row["slug"].as<std::string>();
    project.settings = read_settings(row);
    project.upstream_secrets = {optional_bytes(row["google_oauth_client_secret_sealed"]),
                                optional_bytes(row["microsoft_oauth_client_secret_sealed"]),
                                optional_bytes(row["github_oauth_client_secret_sealed"])};
    project.keyring = KeyringId{parse_row_uuid(row["keyring_id"])};
    if (!row["sole_organization_id"].is_null()) {
        project.sole_organization = OrganizationId{parse_row_uuid(row["sole_organization_id"])};
    }
    project.pairwise_salt = parse_bytes(row["pairwise_salt"]);
    project.disabled = row["disabled"].as<bool>();
    project.create_time = parse_instant(row["create_us"]);
    project.update_time = parse_instant(row["update_us"]);
    project.revision = row["revision"].as<std::int64_t>();
    return project;
}

std::optional<Project> first_project(const pqxx::result& rows)
{
    return rows.empty() ? std::nullopt : std::optional{read_project(rows[0])};
}

template <class... Others>
Result<pqxx::result, StoreError> write(Transaction& transaction, const Statement& statement,
                                       const ProjectSettings& s, const Others&... others)
{
    return run(transaction, statement, s.display_name, s.log_in_with_google, s.log_in_with_microsoft,
               s.log_in_with_github, s.log_in_with_email, s.log_in_with_password, s.log_in_with_saml,
               s.log_in_with_oidc, s.log_in_with_authenticator_app, s.log_in_with_passkey,
               or_empty(s.google_oauth_client_id), or_empty(s.microsoft_oauth_client_id),
               or_empty(s.github_oauth_client_id), or_empty(s.vault_domain), s.vault_domain_custom,
               array_literal(s.trusted_domains), or_empty(s.cookie_domain), or_empty(s.redirect_uri),
               or_empty(s.after_login_redirect_uri), or_empty(s.after_signup_redirect_uri),
               or_empty(s.email_send_from_domain), s.logins_disabled, s.self_serve_create_organizations,
               s.self_serve_create_users, s.auto_create_organizations, s.api_keys_enabled,
               or_empty(s.api_key_secret_token_prefix), s.audit_logs_enabled, s.access_token_lifetime_s,
               or_empty(s.default_resource_uri), s.audit_retention_days, s.session_lifetime_s,
               s.session_idle_s, s.refresh_token_lifetime_s, s.refresh_token_idle_s, s.default_locale,
               s.registration_policy, others...);
}

}  // namespace

const std::vector<Statement>& project_statements()
{
    static const std::vector<Statement> all = {find_by_slug, find_by_id,   list,
                                               list_domains, insert,       insert_sole_organization,
                                               update,       set_disabled, set_sealed};
    return all;
}

Result<std::optional<Project>, StoreError> find_project_by_slug(Transaction& transaction,
                                                                const std::string& slug)
{
    TRY(auto&& rows, run(transaction, find_by_slug, slug));
    return first_project(rows);
}

Result<std::optional<Project>, StoreError> find_project(Transaction& transaction, ProjectId id)
{
    TRY(auto&& rows, run(transaction, find_by_id, to_string(id.uuid)));
    return first_project(rows);
}

Result<std::vector<Project>, StoreError> list_projects(Transaction& transaction,
                                                       const std::string& after_slug, std::size_t limit)
{
    TRY(auto&& rows, run(transaction, list, after_slug, limit));
    std::vector<Project> projects;
    for (const auto& row : rows) {
        projects.push_back(read_project(row));
    }
    return projects;
}

Result<std::vector<std::string>, StoreError> list_passkey_domains(Transaction& transaction, std::size_t limit)
{
    TRY(auto&& rows, run(transaction, list_domains, limit));
    std::vector<std::string> domains;
    for (const auto& row : rows) {
        domains.push_back(row["domain"].as<std::string>());
    }
    return domains;
}

Result<Project, StoreError> insert_project(Transaction& transaction, ProjectId id, const std::string& slug,
                                           const ProjectSettings& settings, KeyringId keyring,
                                           const UpstreamSecrets& secrets,
                                           std::optional<OrganizationId> sole_organization)
{
    const std::string uuid = to_string(id.uuid);
    TRY(auto&& rows,
        write(transaction, insert, settings, uuid, slug, to_string(keyring.uuid),
              bytes_literal(secrets.google), bytes_literal(secrets.microsoft), bytes_literal(secrets.github),
              sole_organization ? to_string(sole_organization->uuid) : std::string{}));
    if (sole_organization) {
        TRY(run(transaction, insert_sole_organization, uuid));
    }
    return read_project(rows[0]);
}

Result<std::optional<Project>, StoreError> update_project(Transaction& transaction, ProjectId id,
                                                          const ProjectSettings& settings,
                                                          std::int64_t expected_revision)
{
    TRY(auto&& rows, write(transaction, update, settings, to_string(id.uuid), expected_revision));
    return first_project(rows);
}

Result<bool, StoreError> set_project_disabled(Transaction& transaction, ProjectId id, bool disabled)
{
    TRY(auto&& rows, run(transaction, set_disabled, to_string(id.uuid), disabled));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> set_project_upstream_secrets(Transaction& transaction, ProjectId id,
                                                      const UpstreamSecrets& secrets)
{
    TRY(auto&& rows, run(transaction, set_sealed, to_string(id.uuid), bytes_literal(secrets.google),
                         bytes_literal(secrets.microsoft), bytes_literal(secrets.github)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
