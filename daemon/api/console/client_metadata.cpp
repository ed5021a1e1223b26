#include "daemon/api/console/client_metadata.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "daemon/email_address.hpp"
#include "daemon/oauth/client_uris.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Settings = storage::ClientSettings;

constexpr std::size_t contacts_max = 16;
constexpr std::size_t software_chars_max = 256;
constexpr std::int64_t max_age_s_max = 31'536'000;
constexpr std::array<std::string_view, 6> person_scopes{"openid",  "profile", "email",
                                                        "address", "phone",   "offline_access"};

// A member that is one text, in the message and in the record.
struct Text {
    std::string_view field;
    const std::string& (v1::Client::*get)() const;
    std::string* (v1::Client::*put)();
    std::optional<std::string> Settings::* stored;
};

#define TEXT(json, name)                                                                                     \
    Text { json, &v1::Client::name, &v1::Client::mutable_##name, &Settings::name }
const std::array web_uris{
    TEXT("jwksUri", jwks_uri),
    TEXT("sectorIdentifierUri", sector_identifier_uri),
    TEXT("initiateLoginUri", initiate_login_uri),
    TEXT("clientUri", client_uri),
    TEXT("logoUri", logo_uri),
    TEXT("policyUri", policy_uri),
    TEXT("tosUri", tos_uri),
};
// Of the client's own application, like its redirect URIs.
const std::array application_uris{
    TEXT("frontchannelLogoutUri", frontchannel_logout_uri),
    TEXT("backchannelLogoutUri", backchannel_logout_uri),
};
const std::array algorithms{
    TEXT("idTokenSignedResponseAlg", id_token_signed_response_alg),
    TEXT("userinfoSignedResponseAlg", userinfo_signed_response_alg),
    TEXT("introspectionSignedResponseAlg", introspection_signed_response_alg),
};
const std::array software{TEXT("softwareId", software_id), TEXT("softwareVersion", software_version)};
#undef TEXT

template <class Visit>
void each_text(Visit visit)
{
    for (const std::span<const Text> texts :
         {std::span<const Text>{web_uris}, std::span<const Text>{application_uris},
          std::span<const Text>{algorithms}, std::span<const Text>{software}}) {
        for (const Text& text : texts) {
            visit(text);
        }
    }
}

Checked refuse(std::string_view field, const oauth::UriFlaw& flaw)
{
    return flaw ? Checked{invalid(std::string{field}, std::string{*flaw})} : Checked{ok()};
}

Checked check_redirect_uris(std::string_view field, const std::vector<std::string>& uris,
                            const std::string& application_type)
{
    if (uris.size() > oauth::redirect_uris_max) {
        return invalid(std::string{field}, "at most 64");
    }
    for (const std::string& uri : uris) {
        TRY(refuse(field, oauth::find_redirect_uri_flaw(uri, application_type)));
    }
    if (std::set<std::string_view>{uris.begin(), uris.end()}.size() != uris.size()) {
        return invalid(std::string{field}, "has one twice");
    }
    return ok();
}

Checked check_uris(const Settings& settings)
{
    TRY(check_redirect_uris("redirectUris", settings.redirect_uris, settings.application_type));
    TRY(check_redirect_uris("postLogoutRedirectUris", settings.post_logout_redirect_uris,
                            settings.application_type));
    for (const Text& text : web_uris) {
        if (const auto& uri = settings.*text.stored) {
            TRY(refuse(text.field, oauth::find_web_uri_flaw(*uri)));
        }
    }
    for (const Text& text : application_uris) {
        if (const auto& uri = settings.*text.stored) {
            TRY(refuse(text.field, oauth::find_redirect_uri_flaw(*uri, settings.application_type)));
        }
    }
    if (settings.frontchannel_logout_uri
        && !oauth::is_on_an_origin_of(*settings.frontchannel_logout_uri, settings.redirect_uris)) {
        return invalid("frontchannelLogoutUri", "must have the scheme, host and port of a redirect URI");
    }
    return ok();
}

// OpenID Connect Core §8.1.
Checked check_subject(const Settings& settings)
{
    if (settings.subject_type != "public" && settings.subject_type != "pairwise") {
        return invalid("subjectType", "must be public or pairwise");
    }
    if (settings.subject_type == "pairwise" && !settings.sector_identifier_uri
        && !oauth::have_one_host(settings.redirect_uris)) {
        return invalid("sectorIdentifierUri",
                       "is needed by pairwise subjects unless all redirect URIs have one host");
    }
    return ok();
}

Checked check_texts(const Settings& settings)
{
    for (const Text& text : algorithms) {
        const auto& alg = settings.*text.stored;
        if (alg && *alg != "ES256" && *alg != "RS256" && *alg != "PS256" && *alg != "EdDSA") {
            return invalid(std::string{text.field}, "must be ES256, RS256, PS256 or EdDSA");
        }
    }
    for (const Text& text : software) {
        const std::string value = (settings.*text.stored).value_or("");
        if (value.size() > software_chars_max || !is_one_line(value)) {
            return invalid(std::string{text.field}, "must have at most 256 characters on one line");
        }
    }
    if (settings.contacts.size() > contacts_max) {
        return invalid("contacts", "at most 16");
    }
    if (!std::ranges::all_of(settings.contacts,
                             [](const std::string& each) { return parse_email_address(each).has_value(); })) {
        return invalid("contacts", "must be e-mail addresses");
    }
    return ok();
}

Checked check_flow(const Settings& settings)
{
    const auto may = [&](std::string_view grant_type) {
        return std::ranges::find(settings.grant_types, grant_type) != settings.grant_types.end();
    };
    if (may("authorization_code") && settings.redirect_uris.empty()) {
        return invalid("redirectUris", "are needed by authorization_code");
    }
    if (may("refresh_token") && !may("authorization_code")) {
        return invalid("grantTypes", "refresh_token needs authorization_code");
    }
    if (may("client_credentials") && settings.token_endpoint_auth_method == "none") {
        return invalid("grantTypes", "client_credentials needs a client that authenticates");
    }
    if (settings.skip_consent && !settings.trusted) {
        return invalid("skipConsent", "is for trusted clients");
    }
    return ok();
}

}  // namespace

void metadata_to_message(const Settings& settings, v1::Client& out)
{
    out.set_application_type(settings.application_type);
    out.mutable_redirect_uris()->Assign(settings.redirect_uris.begin(), settings.redirect_uris.end());
    out.mutable_post_logout_redirect_uris()->Assign(settings.post_logout_redirect_uris.begin(),
                                                    settings.post_logout_redirect_uris.end());
    out.mutable_scopes()->Assign(settings.scopes.begin(), settings.scopes.end());
    out.mutable_contacts()->Assign(settings.contacts.begin(), settings.contacts.end());
    out.set_trusted(settings.trusted);
    out.set_skip_consent(settings.skip_consent);
    out.set_introspection_allowed(settings.introspection_allowed);
    out.set_subject_type(settings.subject_type);
    out.set_require_auth_time(settings.require_auth_time);
    if (settings.default_max_age_s) {
        out.set_default_max_age_s(*settings.default_max_age_s);
    }
    each_text([&](const Text& text) { *(out.*text.put)() = (settings.*text.stored).value_or(""); });
}

void metadata_to_settings(const v1::Client& message, Settings& out)
{
    if (!message.application_type().empty()) {
        out.application_type = message.application_type();
    }
    if (!message.subject_type().empty()) {
        out.subject_type = message.subject_type();
    }
    out.redirect_uris = {message.redirect_uris().begin(), message.redirect_uris().end()};
    out.post_logout_redirect_uris = {message.post_logout_redirect_uris().begin(),
                                     message.post_logout_redirect_uris().end()};
    out.scopes = {message.scopes().begin(), message.scopes().end()};
    out.contacts = {message.contacts().begin(), message.contacts().end()};
    out.trusted = message.trusted();
    out.skip_consent = message.skip_consent();
    out.introspection_allowed = message.introspection_allowed();
    out.require_auth_time = message.require_auth_time();
    out.default_max_age_s =
        message.has_default_max_age_s() ? std::optional{message.default_max_age_s()} : std::nullopt;
    each_text([&](const Text& text) {
        const std::string& value = (message.*text.get)();
        out.*text.stored = value.empty() ? std::nullopt : std::optional{value};
    });
}

Checked check_metadata(const Settings& settings)
{
    constexpr std::array<std::string_view, 3> types{"web", "native", "browser"};
    if (std::ranges::find(types, settings.application_type) == types.end()) {
        return invalid("applicationType", "must be web, native or browser");
    }
    for (const std::string& scope : settings.scopes) {
        if (std::ranges::find(person_scopes, scope) == person_scopes.end()) {
            return invalid("scopes", "must be of openid, profile, email, address, phone and offline_access");
        }
    }
    if (settings.jwks && settings.jwks_uri) {
        return invalid("jwksUri", "stands instead of jwks, not beside it");
    }
    if (settings.default_max_age_s) {
        TRY(check_range("defaultMaxAgeS", *settings.default_max_age_s, 0, max_age_s_max));
    }
    TRY(check_uris(settings));
    TRY(check_subject(settings));
    TRY(check_texts(settings));
    return check_flow(settings);
}

}  // namespace tessera::api::console
