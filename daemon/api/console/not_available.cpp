#include "daemon/api/console/not_available.hpp"

#include <array>
#include <string>
#include <string_view>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/message_differencer.h>

#include "base/assert.hpp"
#include "daemon/api/console/client_message.hpp"
#include "daemon/api/console/project_message.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

struct Setting {
    std::string_view message;
    std::string_view member;
};

constexpr std::array settings{
    // Identity providers of others.
    Setting{"Project", "log_in_with_google"},
    Setting{"Project", "log_in_with_microsoft"},
    Setting{"Project", "log_in_with_github"},
    Setting{"Project", "log_in_with_saml"},
    Setting{"Project", "log_in_with_oidc"},
    Setting{"Project", "google_oauth_client_id"},
    Setting{"Project", "google_oauth_client_secret"},
    Setting{"Project", "microsoft_oauth_client_id"},
    Setting{"Project", "microsoft_oauth_client_secret"},
    Setting{"Project", "github_oauth_client_id"},
    Setting{"Project", "github_oauth_client_secret"},
    Setting{"Organization", "log_in_with_google"},
    Setting{"Organization", "log_in_with_microsoft"},
    Setting{"Organization", "log_in_with_github"},
    Setting{"Organization", "log_in_with_saml"},
    Setting{"Organization", "log_in_with_oidc"},
    Setting{"Organization", "second_factor_after_sso"},
    Setting{"Organization", "google_hosted_domains"},
    Setting{"Organization", "microsoft_tenant_ids"},
    // Domains of a project's own, and where its pages lead without an app.
    Setting{"Project", "vault_domain"},
    Setting{"Project", "cookie_domain"},
    Setting{"Project", "redirect_uri"},
    Setting{"Project", "after_login_redirect_uri"},
    Setting{"Project", "after_signup_redirect_uri"},
    Setting{"Project", "email_send_from_domain"},
    // What customers manage themselves.
    Setting{"Project", "auto_create_organizations"},
    Setting{"Project", "api_keys_enabled"},
    Setting{"Project", "api_key_secret_token_prefix"},
    Setting{"Project", "audit_logs_enabled"},
    Setting{"Organization", "scim_enabled"},
    Setting{"Organization", "custom_roles_enabled"},
    Setting{"Organization", "api_keys_enabled"},
    // Keys of a client are registered, not fetched.
    Setting{"Client", "jwks_uri"},
};

bool is_same(const google::protobuf::Message& one, const google::protobuf::Message& other,
             const google::protobuf::FieldDescriptor* member)
{
    google::protobuf::util::MessageDifferencer differencer;
    return differencer.CompareWithFields(one, other, {member}, {member});
}

Checked refuse(const google::protobuf::Message& defaults, const google::protobuf::Message& stored,
               const google::protobuf::Message& asked)
{
    const google::protobuf::Descriptor& type = *asked.GetDescriptor();
    for (const Setting& setting : settings) {
        if (setting.message != type.name()) {
            continue;
        }
        const auto* member = type.FindFieldByName(std::string{setting.member});
        ASSERT(member != nullptr);
        if (!is_same(asked, defaults, member) && !is_same(asked, stored, member)) {
            return invalid(member->json_name(), "is not available yet");
        }
    }
    return ok();
}

}  // namespace

Checked refuse_not_available(const v1::Project& stored, const v1::Project& asked)
{
    return refuse(default_project(), stored, asked);
}

Checked refuse_not_available(const v1::Organization& stored, const v1::Organization& asked)
{
    return refuse(v1::Organization{}, stored, asked);
}

Checked refuse_not_available(const v1::Client& stored, const v1::Client& asked)
{
    return refuse(default_client(), stored, asked);
}

}  // namespace tessera::api::console
