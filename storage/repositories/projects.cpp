#include "storage/repositories/projects.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define PROJECT_COLUMNS                                                                                      \
    "project_id, slug, display_name, log_in_with_google, log_in_with_microsoft, log_in_with_email, "         \
    "log_in_with_password, log_in_with_saml, log_in_with_authenticator_app, log_in_with_passkey, "           \
    "google_oauth_client_id, google_oauth_client_secret_sealed, microsoft_oauth_client_id, "                 \
    "microsoft_oauth_client_secret_sealed, vault_domain, vault_domain_custom, trusted_domains, "             \
    "cookie_domain, "                                                                                        \
    "redirect_uri, after_login_redirect_uri, after_signup_redirect_uri, email_send_from_domain, "            \
    "access_token_lifetime_s, default_resource_uri, audit_retention_days, keyring_id, disabled, "            \
    "(extract(epoch FROM create_time) * 1000000)::bigint AS create_us, "                                     \
    "(extract(epoch FROM update_time) * 1000000)::bigint AS update_us, revision"

constexpr Statement find_by_slug = {"projects.find_by_slug", "tessera_system",
                                    "SELECT " PROJECT_COLUMNS " FROM tessera.projects WHERE slug = $1"};
constexpr Statement find_by_id = {"projects.find", "tessera_app",
                                  "SELECT " PROJECT_COLUMNS " FROM tessera.projects WHERE project_id = $1"};
constexpr Statement list = {"projects.list", "tessera_system",
                            "SELECT " PROJECT_COLUMNS
                            " FROM tessera.projects WHERE slug > $1 ORDER BY slug LIMIT $2"};

// Both take the settings first, as write() sends them, then what is theirs alone.
constexpr Statement insert = {
    "projects.insert", "tessera_system",
    "INSERT INTO tessera.projects (display_name, log_in_with_google, log_in_with_microsoft, "
    "log_in_with_email, log_in_with_password, log_in_with_saml, log_in_with_authenticator_app, "
    "log_in_with_passkey, google_oauth_client_id, microsoft_oauth_client_id, vault_domain, "
    "vault_domain_custom, trusted_domains, cookie_domain, redirect_uri, after_login_redirect_uri, "
    "after_signup_redirect_uri, email_send_from_domain, access_token_lifetime_s, default_resource_uri, "
    "audit_retention_days, project_id, slug, keyring_id, google_oauth_client_secret_sealed, "
    "microsoft_oauth_client_secret_sealed) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, ''), nullif($10, ''), nullif($11, ''), $12, "
    "$13::text[], nullif($14, ''), nullif($15, ''), nullif($16, ''), nullif($17, ''), nullif($18, ''), $19, "
    "nullif($20, ''), $21, $22, $23, $24, $25, $26) RETURNING " PROJECT_COLUMNS};

constexpr Statement update = {
    "projects.update", "tessera_app",
    "UPDATE tessera.projects SET display_name = $1, log_in_with_google = $2, log_in_with_microsoft = $3, "
    "log_in_with_email = $4, log_in_with_password = $5, log_in_with_saml = $6, "
    "log_in_with_authenticator_app = $7, log_in_with_passkey = $8, "
    "google_oauth_client_id = nullif($9, ''), microsoft_oauth_client_id = nullif($10, ''), "
    "vault_domain = nullif($11, ''), vault_domain_custom = $12, trusted_domains = $13::text[], "
    "cookie_domain = nullif($14, ''), redirect_uri = nullif($15, ''), "
    "after_login_redirect_uri = nullif($16, ''), after_signup_redirect_uri = nullif($17, ''), "
    "email_send_from_domain = nullif($18, ''), access_token_lifetime_s = $19, "
    "default_resource_uri = nullif($20, ''), audit_retention_days = $21, "
    "update_time = now(), revision = revision + 1 "
    "WHERE project_id = $22 AND ($23::bigint = 0 OR revision = $23) RETURNING " PROJECT_COLUMNS};

constexpr Statement set_disabled = {"projects.set_disabled", "tessera_app",
                                    "UPDATE tessera.projects SET disabled = $2, update_time = now(), "
                                    "revision = revision + 1 WHERE project_id = $1"};

constexpr Statement set_sealed = {"projects.set_sealed_secrets", "tessera_app",
                                  "UPDATE tessera.projects SET google_oauth_client_secret_sealed = "
                                  "coalesce($2, google_oauth_client_secret_sealed), "
                                  "microsoft_oauth_client_secret_sealed = coalesce($3, "
                                  "microsoft_oauth_client_secret_sealed), update_time = now(), "
                                  "revision = revision + 1 WHERE project_id = $1"};

#undef PROJECT_COLUMNS

ProjectSettings read_settings(const pqxx::row& row)
{
    ProjectSettings settings;
    settings.display_name = row["display_name"].as<std::string>();
    settings.log_in_with_google = row["log_in_with_google"].as<bool>();
    settings.log_in_with_microsoft = row["log_in_with_microsoft"].as<bool>();
    settings.log_in_with_email = row["log_in_with_email"].as<bool>();
    settings.log_in_with_password = row["log_in_with_password"].as<bool>();
    settings.log_in_with_saml = row["log_in_with_saml"].as<bool>();
    settings.log_in_with_authenticator_app = row["log_in_with_authenticator_app"].as<bool>();
    settings.log_in_with_passkey = row["log_in_with_passkey"].as<bool>();
    settings.google_oauth_client_id = optional_text(row["google_oauth_client_id"]);
    settings.microsoft_oauth_client_id = optional_text(row["microsoft_oauth_client_id"]);
    settings.vault_domain = optional_text(row["vault_domain"]);
    settings.vault_domain_custom = row["vault_domain_custom"].as<bool>();
    settings.trusted_domains = parse_array(row["trusted_domains"]);
    settings.cookie_domain = optional_text(row["cookie_domain"]);
    settings.redirect_uri = optional_text(row["redirect_uri"]);
    settings.after_login_redirect_uri = optional_text(row["after_login_redirect_uri"]);
    settings.after_signup_redirect_uri = optional_text(row["after_signup_redirect_uri"]);
    settings.email_send_from_domain = optional_text(row["email_send_from_domain"]);
    settings.access_token_lifetime_s = row["access_token_lifetime_s"].as<std::int32_t>();
    settings.default_resource_uri = optional_text(row["default_resource_uri"]);
    settings.audit_retention_days = row["audit_retention_days"].as<std::int32_t>();
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
                                optional_bytes(row["microsoft_oauth_client_secret_sealed"])};
    project.keyring = KeyringId{parse_row_uuid(row["keyring_id"])};
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
               s.log_in_with_email, s.log_in_with_password, s.log_in_with_saml,
               s.log_in_with_authenticator_app, s.log_in_with_passkey, or_empty(s.google_oauth_client_id),
               or_empty(s.microsoft_oauth_client_id), or_empty(s.vault_domain), s.vault_domain_custom,
               array_literal(s.trusted_domains), or_empty(s.cookie_domain), or_empty(s.redirect_uri),
               or_empty(s.after_login_redirect_uri), or_empty(s.after_signup_redirect_uri),
               or_empty(s.email_send_from_domain), s.access_token_lifetime_s,
               or_empty(s.default_resource_uri), s.audit_retention_days, others...);
}

}  // namespace

const std::vector<Statement>& project_statements()
{
    static const std::vector<Statement> all = {find_by_slug, find_by_id,   list,      insert,
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

Result<Project, StoreError> insert_project(Transaction& transaction, ProjectId id, const std::string& slug,
                                           const ProjectSettings& settings, KeyringId keyring,
                                           const UpstreamSecrets& secrets)
{
    TRY(auto&& rows, write(transaction, insert, settings, to_string(id.uuid), slug, to_string(keyring.uuid),
                           bytes_literal(secrets.google), bytes_literal(secrets.microsoft)));
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
                         bytes_literal(secrets.microsoft)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
