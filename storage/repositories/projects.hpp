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
    bool log_in_with_email = true;
    bool log_in_with_password = true;
    bool log_in_with_saml = false;
    bool log_in_with_authenticator_app = true;
    bool log_in_with_passkey = true;
    std::optional<std::string> google_oauth_client_id;
    std::optional<std::string> microsoft_oauth_client_id;
    std::optional<std::string> vault_domain;
    bool vault_domain_custom = false;
    std::vector<std::string> trusted_domains;
    std::optional<std::string> cookie_domain;
    std::optional<std::string> redirect_uri;
    std::optional<std::string> after_login_redirect_uri;
    std::optional<std::string> after_signup_redirect_uri;
    std::optional<std::string> email_send_from_domain;
    // Ours.
    std::int32_t access_token_lifetime_s = 300;
    std::optional<std::string> default_resource_uri;  // "no resource asked for"; empty = "<issuer>/api"
    std::int32_t audit_retention_days = 400;          // 0 = keep for ever
};

// Client secrets at upstream providers, as envelopes of keyd's Seal; opened by keyd only.
struct UpstreamSecrets {
    std::optional<Bytes> google;
    std::optional<Bytes> microsoft;
};

struct Project {
    ProjectId id;
    std::string slug;  // [a-z0-9-], 1 to 63 characters, unique; never changes
    ProjectSettings settings;
    UpstreamSecrets upstream_secrets;
    KeyringId keyring;
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
// System scope. Conflict on the slug: constraint "projects_slug_key".
Result<Project, StoreError> insert_project(Transaction& transaction, ProjectId id, const std::string& slug,
                                           const ProjectSettings& settings, KeyringId keyring,
                                           const UpstreamSecrets& secrets);
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
