#include "daemon/api/console/client_message.hpp"

#include <optional>

#include "daemon/api/console/client_metadata.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/console/validate.hpp"
#include "daemon/jose/jwk.hpp"
#include "daemon/oauth/profile.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

std::optional<std::string> if_given(const std::string& text)
{
    return text.empty() ? std::nullopt : std::optional{text};
}

void take_if_given(std::string& out, const std::string& text)
{
    if (!text.empty()) {
        out = text;
    }
}

Checked check_algorithm(std::string_view field, const std::optional<std::string>& name)
{
    if (name && *name != "ES256" && *name != "RS256" && *name != "PS256" && *name != "EdDSA") {
        return invalid(std::string{field}, "must be ES256, RS256, PS256 or EdDSA");
    }
    return ok();
}

Checked check_against_profile(const storage::ClientSettings& settings)
{
    const oauth::Profile* profile = oauth::find_profile(settings.profile);
    if (profile == nullptr) {
        return invalid("profile", "is not one of the client profiles");
    }
    if (!profile->allows_auth_method(settings.token_endpoint_auth_method)) {
        return invalid("tokenEndpointAuthMethod", "is not allowed by the client's profile");
    }
    for (const std::string& grant_type : settings.grant_types) {
        if (!profile->allows_grant_type(grant_type)) {
            return invalid("grantTypes", "has one the client's profile does not allow");
        }
    }
    const auto& alg = settings.token_endpoint_auth_signing_alg;
    TRY(check_algorithm("tokenEndpointAuthSigningAlg", alg));
    if (alg && !profile->allows_signing_alg(*alg)) {
        return invalid("tokenEndpointAuthSigningAlg", "is not allowed by the client's profile");
    }
    return check_algorithm("accessTokenSigningAlg", settings.access_token_signing_alg);
}

}  // namespace

void to_message(const storage::ClientSecret& secret, v1::ClientSecret& out)
{
    out.set_id(secret.id.to_string());
    out.set_hint(secret.hint);
    set_time(out.mutable_create_time(), secret.create_time);
    if (secret.expire_time) {
        set_time(out.mutable_expire_time(), *secret.expire_time);
    }
}

v1::Client to_message(const storage::Client& client)
{
    const storage::ClientSettings& settings = client.settings;
    v1::Client out;
    out.set_id(client.id.to_string());
    out.set_display_name(settings.display_name);
    out.set_profile(settings.profile);
    out.set_token_endpoint_auth_method(settings.token_endpoint_auth_method);
    out.set_token_endpoint_auth_signing_alg(settings.token_endpoint_auth_signing_alg.value_or(""));
    out.set_jwks(settings.jwks.value_or(""));
    out.set_default_resource(settings.default_resource ? settings.default_resource->to_string()
                                                       : std::string{});
    out.set_access_token_lifetime_s(settings.access_token_lifetime_s);
    for (const std::string& grant_type : settings.grant_types) {
        out.add_grant_types(grant_type);
    }
    out.set_assertion_audience(settings.assertion_audience);
    out.set_access_token_signing_alg(settings.access_token_signing_alg.value_or(""));
    metadata_to_message(settings, out);
    out.set_disabled(client.disabled);
    set_time(out.mutable_create_time(), client.create_time);
    set_time(out.mutable_update_time(), client.update_time);
    out.set_revision(client.revision);
    return out;
}

v1::Client to_message(const storage::ClientRecord& record)
{
    v1::Client out = to_message(record.client);
    for (const storage::ClientSecret& secret : record.secrets) {
        to_message(secret, *out.add_secrets());
    }
    for (const storage::ClientAccess& access : record.access) {
        auto* added = out.add_access();
        added->set_resource(access.resource.to_string());
        added->set_resource_uri(access.resource_uri);
        for (const std::string& scope : access.scopes) {
            added->add_scopes(scope);
        }
    }
    return out;
}

Result<storage::ClientSettings, ApiError> to_settings(const v1::Client& message)
{
    TRY(check_display_name(message.display_name()));
    storage::ClientSettings out;
    out.display_name = message.display_name();
    take_if_given(out.profile, message.profile());
    take_if_given(out.token_endpoint_auth_method, message.token_endpoint_auth_method());
    out.token_endpoint_auth_signing_alg = if_given(message.token_endpoint_auth_signing_alg());
    out.jwks = if_given(message.jwks());
    if (out.jwks) {
        TRY(check_jwks(*out.jwks));
    }
    out.access_token_lifetime_s = message.access_token_lifetime_s();
    if (out.access_token_lifetime_s != 0) {
        TRY(check_range("accessTokenLifetimeS", out.access_token_lifetime_s, 30, 3600));
    }
    if (message.grant_types_size() > 0) {
        out.grant_types = {message.grant_types().begin(), message.grant_types().end()};
    }
    take_if_given(out.assertion_audience, message.assertion_audience());
    if (out.assertion_audience != "issuer" && out.assertion_audience != "issuer_or_endpoint") {
        return invalid("assertionAudience", "must be issuer or issuer_or_endpoint");
    }
    out.access_token_signing_alg = if_given(message.access_token_signing_alg());
    metadata_to_settings(message, out);
    TRY(check_against_profile(out));
    TRY(check_metadata(out));
    return out;
}

v1::Client default_client() { return to_message(storage::Client{}); }

Result<std::vector<std::string>, ApiError> check_jwks(const std::string& jwks)
{
    const auto keys = jose::parse_jwk_set(jwks);
    if (!keys) {
        return ApiError{Code::invalid_argument,
                        "is not a usable set of public keys: "
                            + std::string{jose::to_string(keys.error().fault)},
                        "jwks", keys.error().detail};
    }
    std::vector<std::string> kids;
    for (const jose::Jwk& key : keys.value()) {
        kids.push_back(key.kid);
    }
    return kids;
}

}  // namespace tessera::api::console
