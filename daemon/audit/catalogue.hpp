// The typed catalogue of audit events: what may be recorded, under which name, by whom, with which body fields.
//
// A body field that is not listed here is never stored: that keeps secrets out by construction, and
// docs/reference/audit-events.md comes from the same table. Names are part of the interface: never reused, never renamed.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tessera::audit {

enum class EventType {
    oauth_token_issued,
    oauth_token_refused,
    oauth_client_authentication_failed,
    oauth_token_released,
    oauth_code_replayed,
    oauth_refresh_token_reused,
    oauth_authorization_granted,
    oauth_authorization_refused,
    oauth_consent_given,
    oauth_consent_denied,
    oauth_consent_withdrawn,
    oauth_client_authenticated,
    oauth_request_refused,
    oauth_token_revoked,
    oauth_logout_told,
    initial_access_token_created,
    project_created,
    project_updated,
    project_disabled,
    project_enabled,
    client_created,
    client_updated,
    client_disabled,
    client_enabled,
    client_deleted,
    client_secret_created,
    client_secret_deleted,
    client_keys_updated,
    client_access_updated,
    resource_created,
    resource_updated,
    resource_deleted,
    resource_scope_put,
    resource_scope_deleted,
    keyring_created,
    keyring_changed,
    audit_exported,
    audit_retention_changed,
    audit_purged,
    operator_refused,
    session_started,
    session_renewed,
    session_ended,
    login_refused,
    login_code_sent,
    user_joined,
    organization_founded,
    password_set,
    authenticator_app_enrolled,
    authenticator_app_removed,
    recovery_codes_made,
    recovery_code_used,
    passkey_registered,
    passkey_renamed,
    passkey_removed,
    organization_created,
    organization_updated,
    organization_logins_disabled,
    organization_logins_enabled,
    organization_deleted,
    user_created,
    user_updated,
    user_disabled,
    user_enabled,
    user_deleted,
    user_invite_created,
    user_invite_deleted,
    project_branding_updated,
};

struct EventSpec {
    EventType type;
    std::string_view name;
    std::string_view meaning;
    std::array<std::string_view, 8> fields;  // of the body; unused places are empty

    constexpr bool allows(std::string_view field) const
    {
        for (const std::string_view allowed : fields) {
            if (!allowed.empty() && allowed == field) {
                return true;
            }
        }
        return false;
    }
};

// In the order of EventType.
std::span<const EventSpec> catalogue();
const EventSpec& spec_of(EventType type);

}  // namespace tessera::audit
