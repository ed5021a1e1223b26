#include "tests/storage/people_rows.hpp"

#include <fmt/format.h>

namespace tessera::tests {

namespace {

constexpr const char* people = R"(
INSERT INTO tessera.project_branding (project_id, name) VALUES ('{0}', 'A look');
INSERT INTO tessera.organizations VALUES ('{0}', '{1}', 'An organization', true, true, true, true, true, true, true, true, true);
INSERT INTO tessera.organization_domains VALUES ('{0}', '{1}', 'example.com');
INSERT INTO tessera.organization_google_hosted_domains VALUES ('{0}', '{1}', 'example.com');
INSERT INTO tessera.organization_microsoft_tenant_ids VALUES ('{0}', '{1}', 'tenant');
INSERT INTO tessera.users (project_id, user_id, organization_id, email) VALUES ('{0}', '{2}', '{1}', 'ann@example.com');
INSERT INTO tessera.user_invites (project_id, invite_id, organization_id, email, expire_time)
    VALUES ('{0}', gen_random_uuid(), '{1}', 'bob@example.com', now());
INSERT INTO tessera.user_passwords (project_id, user_id, hash, set_time) VALUES ('{0}', '{2}', '$argon2id$x', now());
INSERT INTO tessera.user_authenticator_apps (project_id, user_id, secret_sealed, last_step) VALUES ('{0}', '{2}', 'x', 1);
INSERT INTO tessera.user_recovery_codes (project_id, user_id, digest) VALUES ('{0}', '{2}', sha256('x'));
INSERT INTO tessera.passkeys (project_id, passkey_id, user_id, name, credential_id, public_key, public_key_pkix, algorithm,
    aaguid, rp_id, sign_count, discoverable, backup_eligible, backed_up, transports, attestation_format, attestation)
    VALUES ('{0}', gen_random_uuid(), '{2}', 'A key', sha256('{0}'), 'x', 'x', -7, gen_random_uuid(), 'example.com', 0, true,
    true, true, '{{}}', 'none', '');
INSERT INTO tessera.sessions (project_id, session_id, user_id, organization_id, token_digest, primary_auth_factor, amr, acr,
    auth_time, create_time, last_active_time, expire_time, device_id, ip, user_agent)
    VALUES ('{0}', '{3}', '{2}', '{1}', sha256('{0}'), 'email', '{{}}', '', now(), now(), now(), now(), gen_random_uuid(), '', '');
INSERT INTO tessera.user_devices VALUES ('{0}', '{2}', gen_random_uuid(), now(), now());
INSERT INTO tessera.login_flows (project_id, flow_id, browser_digest, purpose, return_path, locale, create_time, expire_time,
    user_id, organization_id) VALUES ('{0}', '{4}', sha256('x'), 'sign_in', '/', 'en', now(), now(), '{2}', '{1}');
INSERT INTO tessera.email_codes (project_id, flow_id, purpose, email, code_digest, link_digest, create_time, expire_time)
    VALUES ('{0}', '{4}', 'verify', 'ann@example.com', 'x', 'x', now(), now());
INSERT INTO tessera.rate_counters VALUES ('{0}', sha256('{0}'), now(), 1);
INSERT INTO tessera.mail_outbox (project_id, mail_id, recipient, template, locale, valid_until)
    VALUES ('{0}', gen_random_uuid(), 'ann@example.com', 't', 'en', now());
)";

constexpr const char* authorization = R"(
INSERT INTO tessera.initial_access_tokens (project_id, token_id, digest, uses_left, expire_time)
    VALUES ('{0}', gen_random_uuid(), sha256('{0}'), 1, now());
INSERT INTO tessera.authorization_requests (project_id, request_id, browser_digest, client_id, redirect_uri, response_mode,
    scope, resources, prompt, create_time, expire_time)
    VALUES ('{0}', gen_random_uuid(), sha256('x'), '{5}', 'x', 'query', '', '{{}}', '{{}}', now(), now());
INSERT INTO tessera.grants (project_id, grant_id, user_id, client_id) VALUES ('{0}', '{4}', '{2}', '{5}');
INSERT INTO tessera.grant_scopes VALUES ('{0}', '{4}', '', 'openid');
INSERT INTO tessera.token_families (project_id, family_id, client_id, user_id, organization_id, session_id, redirect_uri, scope,
    resources, auth_time, amr, acr, auth_time_asked, offline, create_time, expire_time, family_text, user_text, session_text)
    VALUES ('{0}', '{4}', '{5}', '{2}', '{1}', '{3}', 'x', '', '{{}}', now(), '{{}}', '', false, false, now(), now(), '', '', '');
INSERT INTO tessera.authorization_codes (project_id, digest, family_id, client_id, expire_time)
    VALUES ('{0}', sha256('{0}'), '{4}', '{5}', now());
INSERT INTO tessera.refresh_tokens (project_id, digest, family_id, create_time, expire_time)
    VALUES ('{0}', sha256('{0}'), '{4}', now(), now());
INSERT INTO tessera.revoked_access_tokens VALUES ('{0}', '{4}', now());
INSERT INTO tessera.session_clients VALUES ('{0}', '{3}', '{5}');
INSERT INTO tessera.logout_deliveries (project_id, delivery_id, client_id, session_id, user_id)
    VALUES ('{0}', gen_random_uuid(), '{5}', '{3}', '{2}');
)";

}  // namespace

void insert_people_rows(const Database& database, ProjectId project, ClientId client)
{
    const std::string organization = to_string(random_uuid());
    const std::string user = to_string(random_uuid());
    const std::string session = to_string(random_uuid());
    const std::string other = to_string(random_uuid());
    for (const char* rows : {people, authorization}) {
        database.query(fmt::format(fmt::runtime(rows), to_string(project.uuid), organization, user, session,
                                   other, to_string(client.uuid)));
    }
}

}  // namespace tessera::tests
