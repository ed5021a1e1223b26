// Projects: the record behind a realm.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// What a project may be told to be. Texts are UTF-8 without NUL; empty optional = not set.
struct ProjectSettings {
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
    std::optional<std::string> google_oauth_client_id;
    std::optional<std::string> microsoft_oauth_client_id;
    std::optional<std::string> github_oauth_client_id;
    std::optional<std::string> vault_domain;
    bool vault_domain_custom = false;
    std::vector<std::string> trusted_domains;
    std::optional<std::string> cookie_domain;
    std::optional<std::string> redirect_uri;
    std::optional<std::string> after_login_redirect_uri;
    std::optional<std::string> after_signup_redirect_uri;
    std::optional<std::string> email_send_from_domain;
    bool logins_disabled = false;                  // nobody signs in; tokens of clients are still issued
    bool self_serve_create_organizations = false;  // a person signing up may make an organization
    bool self_serve_create_users = false;          // a person may sign up without an invite
    bool auto_create_organizations = false;        // signing up makes an organization without asking
    bool api_keys_enabled = false;
    std::optional<std::string> api_key_secret_token_prefix;  // [a-z0-9_]{1,64}
    bool audit_logs_enabled = true;
    // Ours.
    std::int32_t access_token_lifetime_s = 300;
    std::optional<std::string> default_resource_uri;  // "no resource asked for"; empty = "<issuer>/api"
    std::int32_t audit_retention_days = 400;          // 0 = keep for ever
    // From sign-in to its end whatever happens, and without being heard of; each 300 to 31,536,000.
    std::int32_t session_lifetime_s = 604'800;
    std::int32_t session_idle_s = 86'400;
    std::int32_t refresh_token_lifetime_s = 2'592'000;
    std::int32_t refresh_token_idle_s = 1'209'600;
    std::string default_locale = "en";        // BCP 47
    std::string registration_policy = "off";  // of clients (RFC 7591): "off", "token" or "open"
};

// Client secrets at upstream providers, as envelopes of keyd's Seal; opened by keyd only.
struct UpstreamSecrets {
    std::optional<Bytes> google;
    std::optional<Bytes> microsoft;
    std::optional<Bytes> github;
};

struct Project {
    ProjectId id;
    std::string slug;  // [a-z0-9-], 1 to 63 characters, unique; never changes
    ProjectSettings settings;
    UpstreamSecrets upstream_secrets;
    KeyringId keyring;
    // Set: everybody belongs to this organization and nobody sees one. Decided when the project is made.
    std::optional<OrganizationId> sole_organization;
    Bytes
        pairwise_salt;  // of pairwise subjects (OpenID Connect Core §8.1); made with the project, never changes
    bool disabled = false;
    Instant create_time;
    Instant update_time;
    std::int64_t revision = 1;  // grows with each change; an ETag
};

// tessera_system: which project answers for a slug. The only look-up before a realm is known.
Result<std::optional<Project>, StoreError> find_project_by_slug(Transaction& transaction,
                                                                const std::string& slug);
// Realm or system scope.
Result<std::optional<Project>, StoreError> find_project(Transaction& transaction, ProjectId id);
// System scope. Ordered by slug; `after_slug` empty = from the start.
Result<std::vector<Project>, StoreError> list_projects(Transaction& transaction,
                                                       const std::string& after_slug, std::size_t limit);
// System scope. The trusted domains of every project whose people may have passkeys, each once, in order.
Result<std::vector<std::string>, StoreError> list_passkey_domains(Transaction& transaction,
                                                                  std::size_t limit);
// System scope. Conflict on the slug: constraint "projects_slug_key". With a sole organization, that is made too: it
// has the project's name and methods.
Result<Project, StoreError> insert_project(Transaction& transaction, ProjectId id, const std::string& slug,
                                           const ProjectSettings& settings, KeyringId keyring,
                                           const UpstreamSecrets& secrets,
                                           std::optional<OrganizationId> sole_organization = std::nullopt);
// Realm scope. Writes every setting; empty when the project does not exist or `expected_revision` (0 = any)
// differs.
Result<std::optional<Project>, StoreError> update_project(Transaction& transaction, ProjectId id,
                                                          const ProjectSettings& settings,
                                                          std::int64_t expected_revision);
Result<bool, StoreError> set_project_disabled(Transaction& transaction, ProjectId id, bool disabled);
// Realm scope. An absent one keeps what is stored; false when there is no such project.
Result<bool, StoreError> set_project_upstream_secrets(Transaction& transaction, ProjectId id,
                                                      const UpstreamSecrets& secrets);

}  // namespace tessera::storage
