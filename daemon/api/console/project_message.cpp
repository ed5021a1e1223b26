#include "daemon/api/console/project_message.hpp"

#include <optional>

#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/claim_syntax.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

constexpr std::size_t trusted_domains_max = 64;
constexpr std::int64_t lifetime_s_min = 300;
constexpr std::int64_t lifetime_s_max = 31'536'000;

std::optional<std::string> if_given(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional{text};
}

// A trusted domain may be sent with a port, which says nothing about trust.
std::string without_port(const std::string& domain)
{
    const auto colon = domain.find(':');
    const bool digits = colon != std::string::npos && colon + 1 < domain.size()
                        && domain.find_first_not_of("0123456789", colon + 1) == std::string::npos;
    return digits ? domain.substr(0, colon) : domain;
}

Checked check_trusted_domain(const std::string& domain)
{
    return domain == "localhost" ? Checked{ok()} : check_domain("trustedDomains", domain);
}

// RFC 6265 §5.3 step 6: a cookie's domain must hold the host that sets it, or browsers drop it.
Checked check_cookie_domain(const v1::Project& message)
{
    const std::string& cookie = message.cookie_domain();
    TRY(check_domain("cookieDomain", cookie));
    const std::string& vault = message.vault_domain();
    if (!cookie.empty() && vault != cookie && !vault.ends_with("." + cookie)) {
        return invalid("cookieDomain", "must be the vault domain or a parent of it");
    }
    return ok();
}

// Sessions, tokens, languages and registration.
Checked check_sign_in(const v1::Project& message)
{
    TRY(check_range("sessionLifetimeS", message.session_lifetime_s(), lifetime_s_min, lifetime_s_max));
    TRY(check_range("sessionIdleS", message.session_idle_s(), lifetime_s_min, message.session_lifetime_s()));
    TRY(check_range("refreshTokenLifetimeS", message.refresh_token_lifetime_s(), lifetime_s_min,
                    lifetime_s_max));
    TRY(check_range("refreshTokenIdleS", message.refresh_token_idle_s(), lifetime_s_min,
                    message.refresh_token_lifetime_s()));
    const std::string& prefix = message.api_key_secret_token_prefix();
    if (prefix.size() > 64
        || prefix.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos) {
        return invalid("apiKeySecretTokenPrefix", "must be at most 64 characters of a-z, 0-9 and _");
    }
    if (!is_locale(message.default_locale())) {
        return invalid("defaultLocale", "must be a language tag like pl-PL");
    }
    const std::string& policy = message.registration_policy();
    if (policy != "off" && policy != "token" && policy != "open") {
        return invalid("registrationPolicy", "must be off, token or open");
    }
    return ok();
}

Checked check_members(const v1::Project& message)
{
    TRY(check_display_name(message.display_name()));
    TRY(check_foreign_id("googleOauthClientId", message.google_oauth_client_id()));
    TRY(check_foreign_id("microsoftOauthClientId", message.microsoft_oauth_client_id()));
    TRY(check_foreign_id("githubOauthClientId", message.github_oauth_client_id()));
    TRY(check_domain("vaultDomain", message.vault_domain()));
    TRY(check_cookie_domain(message));
    TRY(check_redirect("redirectUri", message.redirect_uri()));
    TRY(check_redirect("afterLoginRedirectUri", message.after_login_redirect_uri()));
    TRY(check_redirect("afterSignupRedirectUri", message.after_signup_redirect_uri()));
    TRY(check_domain("emailSendFromDomain", message.email_send_from_domain()));
    TRY(check_range("accessTokenLifetimeS", message.access_token_lifetime_s(), 30, 3600));
    TRY(check_range("auditRetentionDays", message.audit_retention_days(), 0, 36'500));
    if (!message.default_resource_uri().empty() && !normalize_resource_uri(message.default_resource_uri())) {
        return invalid("defaultResourceUri", "must be an absolute URI without fragment");
    }
    if (static_cast<std::size_t>(message.trusted_domains_size()) > trusted_domains_max) {
        return invalid("trustedDomains", "at most 64");
    }
    return check_sign_in(message);
}

void sign_in_to_message(const storage::ProjectSettings& settings, v1::Project& out)
{
    out.set_log_in_with_github(settings.log_in_with_github);
    out.set_log_in_with_oidc(settings.log_in_with_oidc);
    out.set_logins_disabled(settings.logins_disabled);
    out.set_self_serve_create_organizations(settings.self_serve_create_organizations);
    out.set_self_serve_create_users(settings.self_serve_create_users);
    out.set_auto_create_organizations(settings.auto_create_organizations);
    out.set_api_keys_enabled(settings.api_keys_enabled);
    out.set_audit_logs_enabled(settings.audit_logs_enabled);
    out.set_session_lifetime_s(settings.session_lifetime_s);
    out.set_session_idle_s(settings.session_idle_s);
    out.set_refresh_token_lifetime_s(settings.refresh_token_lifetime_s);
    out.set_refresh_token_idle_s(settings.refresh_token_idle_s);
    out.set_default_locale(settings.default_locale);
    out.set_registration_policy(settings.registration_policy);
    out.set_github_oauth_client_id(settings.github_oauth_client_id.value_or(""));
    out.set_api_key_secret_token_prefix(settings.api_key_secret_token_prefix.value_or(""));
}

void sign_in_to_settings(const v1::Project& message, storage::ProjectSettings& out)
{
    out.log_in_with_github = message.log_in_with_github();
    out.log_in_with_oidc = message.log_in_with_oidc();
    out.logins_disabled = message.logins_disabled();
    out.self_serve_create_organizations = message.self_serve_create_organizations();
    out.self_serve_create_users = message.self_serve_create_users();
    out.auto_create_organizations = message.auto_create_organizations();
    out.api_keys_enabled = message.api_keys_enabled();
    out.audit_logs_enabled = message.audit_logs_enabled();
    out.session_lifetime_s = message.session_lifetime_s();
    out.session_idle_s = message.session_idle_s();
    out.refresh_token_lifetime_s = message.refresh_token_lifetime_s();
    out.refresh_token_idle_s = message.refresh_token_idle_s();
    out.default_locale = message.default_locale();
    out.registration_policy = message.registration_policy();
    out.github_oauth_client_id = if_given(message.github_oauth_client_id());
    out.api_key_secret_token_prefix = if_given(message.api_key_secret_token_prefix());
}

}  // namespace

v1::Project to_message(const storage::Project& project, const std::string& issuer)
{
    const storage::ProjectSettings& settings = project.settings;
    v1::Project out;
    out.set_id(project.id.to_string());
    out.set_slug(project.slug);
    out.set_display_name(settings.display_name);
    set_time(out.mutable_create_time(), project.create_time);
    set_time(out.mutable_update_time(), project.update_time);
    out.set_log_in_with_google(settings.log_in_with_google);
    out.set_log_in_with_microsoft(settings.log_in_with_microsoft);
    out.set_log_in_with_email(settings.log_in_with_email);
    out.set_log_in_with_password(settings.log_in_with_password);
    out.set_log_in_with_saml(settings.log_in_with_saml);
    out.set_log_in_with_authenticator_app(settings.log_in_with_authenticator_app);
    out.set_log_in_with_passkey(settings.log_in_with_passkey);
    out.set_google_oauth_client_id(settings.google_oauth_client_id.value_or(""));
    out.set_microsoft_oauth_client_id(settings.microsoft_oauth_client_id.value_or(""));
    out.set_vault_domain(settings.vault_domain.value_or(""));
    out.set_vault_domain_custom(settings.vault_domain_custom);
    for (const std::string& domain : settings.trusted_domains) {
        out.add_trusted_domains(domain);
    }
    out.set_cookie_domain(settings.cookie_domain.value_or(""));
    out.set_redirect_uri(settings.redirect_uri.value_or(""));
    out.set_after_login_redirect_uri(settings.after_login_redirect_uri.value_or(""));
    out.set_after_signup_redirect_uri(settings.after_signup_redirect_uri.value_or(""));
    out.set_email_send_from_domain(settings.email_send_from_domain.value_or(""));
    out.set_access_token_lifetime_s(settings.access_token_lifetime_s);
    out.set_default_resource_uri(settings.default_resource_uri.value_or(""));
    out.set_audit_retention_days(settings.audit_retention_days);
    sign_in_to_message(settings, out);
    out.set_disabled(project.disabled);
    out.set_revision(project.revision);
    out.set_issuer(issuer);
    out.set_keyring(project.keyring.to_string());
    out.set_google_oauth_client_secret_set(project.upstream_secrets.google.has_value());
    out.set_microsoft_oauth_client_secret_set(project.upstream_secrets.microsoft.has_value());
    out.set_github_oauth_client_secret_set(project.upstream_secrets.github.has_value());
    out.set_sole_organization_id(project.sole_organization ? project.sole_organization->to_string()
                                                           : std::string{});
    return out;
}

Result<storage::ProjectSettings, ApiError> to_settings(const v1::Project& message)
{
    TRY(check_members(message));
    storage::ProjectSettings out;
    out.display_name = message.display_name();
    out.log_in_with_google = message.log_in_with_google();
    out.log_in_with_microsoft = message.log_in_with_microsoft();
    out.log_in_with_email = message.log_in_with_email();
    out.log_in_with_password = message.log_in_with_password();
    out.log_in_with_saml = message.log_in_with_saml();
    out.log_in_with_authenticator_app = message.log_in_with_authenticator_app();
    out.log_in_with_passkey = message.log_in_with_passkey();
    out.google_oauth_client_id = if_given(message.google_oauth_client_id());
    out.microsoft_oauth_client_id = if_given(message.microsoft_oauth_client_id());
    out.vault_domain = if_given(message.vault_domain());
    out.vault_domain_custom = out.vault_domain.has_value();
    for (const std::string& sent : message.trusted_domains()) {
        std::string domain = without_port(sent);
        TRY(check_trusted_domain(domain));
        out.trusted_domains.push_back(std::move(domain));
    }
    out.cookie_domain = if_given(message.cookie_domain());
    out.redirect_uri = if_given(message.redirect_uri());
    out.after_login_redirect_uri = if_given(message.after_login_redirect_uri());
    out.after_signup_redirect_uri = if_given(message.after_signup_redirect_uri());
    out.email_send_from_domain = if_given(message.email_send_from_domain());
    out.access_token_lifetime_s = message.access_token_lifetime_s();
    out.default_resource_uri = if_given(message.default_resource_uri());
    out.audit_retention_days = message.audit_retention_days();
    sign_in_to_settings(message, out);
    return out;
}

v1::Project default_project() { return to_message(storage::Project{}, {}); }

}  // namespace tessera::api::console
