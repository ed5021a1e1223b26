#include "daemon/audit/catalogue.hpp"

#include <cstddef>

#include "base/assert.hpp"

namespace tessera::audit {

namespace {

using enum EventType;

constexpr std::array specs{
    EventSpec{oauth_token_issued,
              "oauth.token.issued",
              "An access token was signed and may have been sent.",
              {"jti", "kid", "resources", "scope", "expire_time", "auth_method", "grant_type", "family"}},
    EventSpec{oauth_token_refused,
              "oauth.token.refused",
              "An authenticated client, or a malformed request, was refused a token.",
              {"grant_type", "resources", "scope", "auth_method", "reason", "suppressed"}},
    EventSpec{oauth_client_authentication_failed,
              "oauth.client_authentication.failed",
              "A client did not prove who it is.",
              {"endpoint", "auth_method", "reason", "suppressed"}},
    EventSpec{oauth_token_released,
              "oauth.token.released",
              "A recorded token could not be signed: what was consumed for it may be presented again.",
              {"jti", "grant_type", "family"}},
    EventSpec{oauth_code_replayed,
              "oauth.code.replayed",
              "An authorization code was redeemed again: everything issued from it was revoked.",
              {"family"}},
    EventSpec{
        oauth_refresh_token_reused,
        "oauth.refresh_token.reused",
        "A rotated refresh token was presented again: everything issued from its authorization was revoked.",
        {"family"}},
    EventSpec{oauth_authorization_granted,
              "oauth.authorization.granted",
              "A code was issued to a client in a person's name.",
              {"family", "scope", "resources", "redirect_uri", "auth_time", "acr", "amr", "offline"}},
    EventSpec{oauth_authorization_refused,
              "oauth.authorization.refused",
              "An authorization request ended without a code.",
              {"scope", "redirect_uri", "reason", "suppressed"}},
    EventSpec{oauth_consent_given,
              "oauth.consent.given",
              "A person allowed a client what it asked for.",
              {"scope", "resources"}},
    EventSpec{oauth_consent_denied,
              "oauth.consent.denied",
              "A person did not allow a client what it asked for.",
              {"scope", "resources"}},
    EventSpec{oauth_consent_withdrawn,
              "oauth.consent.withdrawn",
              "A person took back what they had allowed a client; its tokens ended.",
              {}},
    EventSpec{
        oauth_client_authenticated,
        "oauth.client.authenticated",
        "A client showed an assertion that counts once, at an endpoint that records nothing else of it.",
        {"endpoint", "auth_method"}},
    EventSpec{oauth_request_refused,
              "oauth.request.refused",
              "A malformed request to an endpoint for clients was refused.",
              {"endpoint", "auth_method", "reason", "suppressed"}},
    EventSpec{
        oauth_token_revoked,
        "oauth.token.revoked",
        "A client revoked a token of its own, and with it whatever was issued from the same authorization.",
        {"kind", "jti", "family", "auth_method"}},
    EventSpec{oauth_logout_told,
              "oauth.logout.told",
              "A client was told of the end of a session, or will not be any more.",
              {"attempts", "status", "reason"}},
    EventSpec{initial_access_token_created,
              "client.registration.token.created",
              "Clients may register themselves with a new initial access token.",
              {"uses", "trusted", "expire_time"}},
    EventSpec{project_created,
              "project.created",
              "A project, and with it a realm, was made.",
              {"slug", "display_name", "keyring", "issuer"}},
    EventSpec{
        project_updated, "project.updated", "Settings of a project were changed.", {"fields", "revision"}},
    EventSpec{project_disabled, "project.disabled", "A realm stopped answering.", {"revision"}},
    EventSpec{project_enabled, "project.enabled", "A realm answers again.", {"revision"}},
    EventSpec{client_created,
              "client.created",
              "A client was registered.",
              {"display_name", "profile", "auth_method", "grant_types"}},
    EventSpec{client_updated, "client.updated", "Settings of a client were changed.", {"fields", "revision"}},
    EventSpec{client_disabled, "client.disabled", "A client may get no more tokens.", {"revision"}},
    EventSpec{client_enabled, "client.enabled", "A client may get tokens again.", {"revision"}},
    EventSpec{client_deleted, "client.deleted", "A client was deleted.", {"display_name"}},
    EventSpec{client_secret_created,
              "client.secret.created",
              "A client got another secret.",
              {"secret", "hint", "expire_time"}},
    EventSpec{
        client_secret_deleted, "client.secret.deleted", "A secret of a client stopped working.", {"secret"}},
    EventSpec{client_keys_updated,
              "client.keys.updated",
              "The public keys of a client were replaced.",
              {"kids", "key_count", "revision"}},
    EventSpec{client_access_updated,
              "client.access.updated",
              "What a client may ask for at a resource was changed.",
              {"resource", "scopes", "granted"}},
    EventSpec{resource_created, "resource.created", "A resource was registered.", {"uri", "display_name"}},
    EventSpec{resource_updated, "resource.updated", "A resource was changed.", {"fields", "revision"}},
    EventSpec{resource_deleted, "resource.deleted", "A resource was deleted.", {"uri"}},
    EventSpec{resource_scope_put,
              "resource.scope.put",
              "A scope of a resource was added or described anew.",
              {"scope", "description"}},
    EventSpec{
        resource_scope_deleted, "resource.scope.deleted", "A scope of a resource was deleted.", {"scope"}},
    EventSpec{
        keyring_created, "keyring.created", "A keyring was made for a realm.", {"issuer", "label", "shared"}},
    EventSpec{
        keyring_changed,
        "keyring.changed",
        "The published keys or the policy of a keyring changed: a rotation step, a revocation, a new policy.",
        {"revision", "kids", "destroyed"}},
    EventSpec{audit_exported,
              "audit.exported",
              "Audit events left the appliance as JSON lines.",
              {"filter", "count"}},
    EventSpec{audit_retention_changed,
              "audit.retention.changed",
              "How long a realm's audit events are kept was changed.",
              {"days", "days_before"}},
    EventSpec{audit_purged,
              "audit.purged",
              "Audit events older than their realm's retention were deleted.",
              {"count", "last_position", "before"}},
    EventSpec{operator_refused,
              "operator.refused",
              "A call of the console API was refused: by policy, or a write for any reason.",
              {"operation", "reason"}},
    EventSpec{session_started, "session.started", "A person signed in.", {"factor", "amr", "acr", "device"}},
    EventSpec{session_renewed,
              "session.renewed",
              "A person proved again, or proved more, within a session.",
              {"factor", "amr", "acr"}},
    EventSpec{session_ended, "session.ended", "A session was ended before its time.", {"reason", "user"}},
    EventSpec{
        login_refused,
        "login.refused",
        "Somebody who was signing in, or at the own page (step account), proved nothing: a wrong password, code or "
        "passkey, or too many of them.",
        {"step", "reason", "email", "flow", "suppressed"}},
    EventSpec{login_code_sent,
              "login.code.sent",
              "A code to sign in or to choose a new password was put into a mail.",
              {"purpose", "flow"}},
    EventSpec{user_joined,
              "user.joined",
              "A person became a user of an organization by signing in: by invite, or where anybody may.",
              {"organization", "email", "invite"}},
    EventSpec{organization_founded,
              "organization.founded",
              "A person signing up made an organization.",
              {"display_name"}},
    EventSpec{password_set, "user.password.set", "A password was set or changed.", {"reason"}},
    EventSpec{authenticator_app_enrolled,
              "user.authenticator_app.enrolled",
              "An authenticator app was enrolled.",
              {}},
    EventSpec{authenticator_app_removed,
              "user.authenticator_app.removed",
              "An authenticator app and its recovery codes were removed.",
              {}},
    EventSpec{recovery_codes_made,
              "user.recovery_codes.made",
              "New recovery codes took the place of the old ones.",
              {"count"}},
    EventSpec{recovery_code_used,
              "user.recovery_code.used",
              "A recovery code stood in for the authenticator app.",
              {"left"}},
    EventSpec{passkey_registered,
              "user.passkey.registered",
              "A passkey was registered.",
              {"passkey", "name", "aaguid", "attestation"}},
    EventSpec{passkey_renamed, "user.passkey.renamed", "A passkey got another name.", {"passkey", "name"}},
    EventSpec{passkey_removed, "user.passkey.removed", "A passkey was removed.", {"passkey"}},
    EventSpec{organization_created, "organization.created", "An organization was made.", {"display_name"}},
    EventSpec{organization_updated,
              "organization.updated",
              "Settings of an organization were changed.",
              {"fields", "revision"}},
    EventSpec{organization_logins_disabled,
              "organization.logins.disabled",
              "Nobody of an organization may sign in.",
              {"revision"}},
    EventSpec{organization_logins_enabled,
              "organization.logins.enabled",
              "People of an organization may sign in again.",
              {"revision"}},
    EventSpec{organization_deleted,
              "organization.deleted",
              "An organization was deleted with its people.",
              {"display_name"}},
    EventSpec{user_created,
              "user.created",
              "A user was made by an operator.",
              {"organization", "owner", "email_verified"}},
    EventSpec{user_updated, "user.updated", "A user was changed.", {"fields", "revision"}},
    EventSpec{
        user_disabled, "user.disabled", "A user was disabled; sessions and tokens ended.", {"revision"}},
    EventSpec{user_enabled, "user.enabled", "A user may sign in again.", {"revision"}},
    EventSpec{user_deleted, "user.deleted", "A user was deleted.", {"organization"}},
    EventSpec{user_invite_created,
              "user.invite.created",
              "An address was invited to an organization, or its invite was renewed.",
              {"organization", "owner", "expire_time", "mailed"}},
    EventSpec{user_invite_deleted, "user.invite.deleted", "An invite was withdrawn.", {"organization"}},
    EventSpec{project_branding_updated,
              "project.branding.updated",
              "The look of a project's hosted pages was changed.",
              {"fields"}},
};

constexpr bool is_in_order()
{
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (static_cast<std::size_t>(specs[i].type) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order());
static_assert(specs.size() == static_cast<std::size_t>(project_branding_updated) + 1);

}  // namespace

std::span<const EventSpec> catalogue() { return specs; }

const EventSpec& spec_of(EventType type)
{
    const auto at = static_cast<std::size_t>(type);
    ASSERT(at < specs.size());
    return specs[at];
}

}  // namespace tessera::audit
