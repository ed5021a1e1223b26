#include "daemon/api/console/organization_message.hpp"

#include <algorithm>
#include <array>

#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

constexpr int names_max = 64;

using Switch = bool storage::OrganizationSettings::*;

struct Method {
    Switch organization;
    bool storage::ProjectSettings::* project;
    std::string_view name;
};

using Org = storage::OrganizationSettings;
using Proj = storage::ProjectSettings;

constexpr std::array methods{
    Method{&Org::log_in_with_google, &Proj::log_in_with_google, "logInWithGoogle"},
    Method{&Org::log_in_with_microsoft, &Proj::log_in_with_microsoft, "logInWithMicrosoft"},
    Method{&Org::log_in_with_github, &Proj::log_in_with_github, "logInWithGithub"},
    Method{&Org::log_in_with_email, &Proj::log_in_with_email, "logInWithEmail"},
    Method{&Org::log_in_with_password, &Proj::log_in_with_password, "logInWithPassword"},
    Method{&Org::log_in_with_saml, &Proj::log_in_with_saml, "logInWithSaml"},
    Method{&Org::log_in_with_oidc, &Proj::log_in_with_oidc, "logInWithOidc"},
    Method{&Org::log_in_with_authenticator_app, &Proj::log_in_with_authenticator_app,
           "logInWithAuthenticatorApp"},
    Method{&Org::log_in_with_passkey, &Proj::log_in_with_passkey, "logInWithPasskey"},
};

template <class List, class Check>
Result<std::vector<std::string>, ApiError> read_names(std::string_view field, const List& list, Check check)
{
    if (list.size() > names_max) {
        return invalid(std::string{field}, "at most 64");
    }
    std::vector<std::string> names{list.begin(), list.end()};
    for (const std::string& name : names) {
        if (name.empty()) {
            return invalid(std::string{field}, "has an empty one");
        }
        TRY(check(field, name));
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

}  // namespace

v1::Organization to_message(const storage::Organization& organization)
{
    const Org& settings = organization.settings;
    v1::Organization out;
    out.set_id(organization.id.to_string());
    out.set_display_name(settings.display_name);
    set_time(out.mutable_create_time(), organization.create_time);
    set_time(out.mutable_update_time(), organization.update_time);
    out.set_log_in_with_google(settings.log_in_with_google);
    out.set_log_in_with_microsoft(settings.log_in_with_microsoft);
    out.set_log_in_with_github(settings.log_in_with_github);
    out.set_log_in_with_email(settings.log_in_with_email);
    out.set_log_in_with_password(settings.log_in_with_password);
    out.set_log_in_with_saml(settings.log_in_with_saml);
    out.set_log_in_with_oidc(settings.log_in_with_oidc);
    out.set_log_in_with_authenticator_app(settings.log_in_with_authenticator_app);
    out.set_log_in_with_passkey(settings.log_in_with_passkey);
    out.set_require_mfa(settings.require_mfa);
    out.set_second_factor_after_sso(settings.second_factor_after_sso);
    out.set_scim_enabled(settings.scim_enabled);
    out.set_custom_roles_enabled(settings.custom_roles_enabled);
    out.set_api_keys_enabled(settings.api_keys_enabled);
    out.mutable_domains()->Assign(settings.domains.begin(), settings.domains.end());
    out.mutable_google_hosted_domains()->Assign(settings.google_hosted_domains.begin(),
                                                settings.google_hosted_domains.end());
    out.mutable_microsoft_tenant_ids()->Assign(settings.microsoft_tenant_ids.begin(),
                                               settings.microsoft_tenant_ids.end());
    out.set_logins_disabled(organization.logins_disabled);
    out.set_revision(organization.revision);
    return out;
}

Result<Org, ApiError> to_settings(const v1::Organization& message)
{
    TRY(check_display_name(message.display_name()));
    Org out;
    out.display_name = message.display_name();
    out.log_in_with_google = message.log_in_with_google();
    out.log_in_with_microsoft = message.log_in_with_microsoft();
    out.log_in_with_github = message.log_in_with_github();
    out.log_in_with_email = message.log_in_with_email();
    out.log_in_with_password = message.log_in_with_password();
    out.log_in_with_saml = message.log_in_with_saml();
    out.log_in_with_oidc = message.log_in_with_oidc();
    out.log_in_with_authenticator_app = message.log_in_with_authenticator_app();
    out.log_in_with_passkey = message.log_in_with_passkey();
    out.require_mfa = message.require_mfa();
    out.second_factor_after_sso = message.second_factor_after_sso();
    out.scim_enabled = message.scim_enabled();
    out.custom_roles_enabled = message.custom_roles_enabled();
    out.api_keys_enabled = message.api_keys_enabled();
    if (out.require_mfa && !out.log_in_with_authenticator_app && !out.log_in_with_passkey) {
        return invalid("requireMfa", "needs logInWithAuthenticatorApp or logInWithPasskey");
    }
    TRY(out.domains, read_names("domains", message.domains(), check_domain));
    TRY(out.google_hosted_domains,
        read_names("googleHostedDomains", message.google_hosted_domains(), check_domain));
    TRY(out.microsoft_tenant_ids,
        read_names("microsoftTenantIds", message.microsoft_tenant_ids(), check_foreign_id));
    return out;
}

Org default_organization(const Proj& project)
{
    Org out;
    for (const Method& method : methods) {
        out.*method.organization = project.*method.project;
    }
    return out;
}

Result<void, ApiError> check_methods(const Org& before, const Org& after, const Proj& project)
{
    for (const Method& method : methods) {
        if (after.*method.organization && !(before.*method.organization) && !(project.*method.project)) {
            return failed_precondition("the project does not have " + std::string{method.name});
        }
    }
    return ok();
}

}  // namespace tessera::api::console
