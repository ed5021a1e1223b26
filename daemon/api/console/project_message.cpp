#include "daemon/api/console/project_message.hpp"

#include <optional>

#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

constexpr std::size_t trusted_domains_max = 64;

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

Checked check_members(const v1::Project& message)
{
    TRY(check_display_name(message.display_name()));
    TRY(check_foreign_id("googleOauthClientId", message.google_oauth_client_id()));
    TRY(check_foreign_id("microsoftOauthClientId", message.microsoft_oauth_client_id()));
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
    return ok();
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
    out.set_disabled(project.disabled);
    out.set_revision(project.revision);
    out.set_issuer(issuer);
    out.set_keyring(project.keyring.to_string());
    out.set_google_oauth_client_secret_set(project.upstream_secrets.google.has_value());
    out.set_microsoft_oauth_client_secret_set(project.upstream_secrets.microsoft.has_value());
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
    return out;
}

v1::Project default_project() { return to_message(storage::Project{}, {}); }

}  // namespace tessera::api::console
