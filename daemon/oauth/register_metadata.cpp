#include "daemon/oauth/register_metadata.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/jose/jwk.hpp"
#include "daemon/oauth/client_uris.hpp"
#include "daemon/oauth/token/scope.hpp"

namespace tessera::oauth {

namespace {

using Settings = storage::ClientSettings;
using Checked = Result<void, OAuthError>;

constexpr std::size_t list_max = 32;
constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t name_bytes_max = 256;
constexpr std::array<std::string_view, 4> algorithms{"ES256", "RS256", "PS256", "EdDSA"};
constexpr std::array<std::string_view, 4> methods{"client_secret_basic", "client_secret_post",
                                                  "private_key_jwt", "none"};
// A client nobody vouches for acts for a person or not at all.
constexpr std::array<std::string_view, 2> grants{"authorization_code", "refresh_token"};

OAuthError refused(std::string_view description, std::string_view member)
{
    return {ErrorCode::invalid_client_metadata, description, "member " + std::string{member}};
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

bool has_control(std::string_view text)
{
    return std::ranges::any_of(text,
                               [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

using Text = Result<std::optional<std::string>, OAuthError>;

// A null member is an absent one (RFC 7592 §2.2).
Text text_of(const json::object& metadata, std::string_view name)
{
    const json::value* value = metadata.if_contains(name);
    if (value == nullptr || value->is_null()) {
        return std::optional<std::string>{};
    }
    if (!value->is_string() || value->get_string().empty() || value->get_string().size() > text_bytes_max
        || has_control(value->get_string())) {
        return refused("A member is no text of 1 to 1,024 characters.", name);
    }
    return std::optional{std::string{value->get_string()}};
}

Result<std::optional<std::vector<std::string>>, OAuthError> list_of(const json::object& metadata,
                                                                    std::string_view name)
{
    const json::value* value = metadata.if_contains(name);
    if (value == nullptr || value->is_null()) {
        return std::optional<std::vector<std::string>>{};
    }
    const auto* array = value->if_array();
    if (array == nullptr || array->size() > list_max) {
        return refused("A member is no array of at most 32 texts.", name);
    }
    std::vector<std::string> texts;
    for (const json::value& each : *array) {
        if (!each.is_string() || each.get_string().size() > client_uri_bytes_max) {
            return refused("A member is no array of at most 32 texts.", name);
        }
        texts.emplace_back(each.get_string());
    }
    return std::optional{std::move(texts)};
}

// RG-05: a page or a picture of the client's own, and never javascript: or data:.
Checked read_web_uri(const json::object& metadata, std::string_view name, std::optional<std::string>& into)
{
    TRY(into, text_of(metadata, name));
    if (into && find_web_uri_flaw(*into)) {
        return refused("A URI of the client must be https, without fragment and user information.", name);
    }
    return ok();
}

// docs/spec-map.md RG-07: clients of old kinds leave application_type out, whose default would forbid them the loopback.
bool is_all_loopback(const std::vector<std::string>& uris)
{
    return !uris.empty() && std::ranges::all_of(uris, [](const std::string& uri) {
        return uri.starts_with("http://") && !find_redirect_uri_flaw(uri, "native");
    });
}

Checked read_redirects(const json::object& metadata, Settings& settings)
{
    TRY(auto&& uris, list_of(metadata, "redirect_uris"));
    if (!uris || uris->empty()) {
        return OAuthError{ErrorCode::invalid_redirect_uri, "redirect_uris are required.", "no redirect_uris"};
    }
    TRY(auto&& type, text_of(metadata, "application_type"));
    settings.application_type = type.value_or("web");
    if (settings.application_type != "web" && settings.application_type != "native") {
        return refused("application_type is web or native.", "application_type");
    }
    if (is_all_loopback(*uris)) {
        settings.application_type = "native";
    }
    for (const std::string& uri : *uris) {
        if (find_redirect_uri_flaw(uri, settings.application_type)) {
            return OAuthError{ErrorCode::invalid_redirect_uri,
                              "A redirect URI must be https, or http on the loopback interface for a native "
                              "application, without fragment and user information.",
                              "redirect_uris"};
        }
    }
    settings.redirect_uris = std::move(*uris);
    TRY(auto&& after, list_of(metadata, "post_logout_redirect_uris"));
    settings.post_logout_redirect_uris = std::move(after).value_or(std::vector<std::string>{});
    for (const std::string& uri : settings.post_logout_redirect_uris) {
        if (find_redirect_uri_flaw(uri, settings.application_type)) {
            return refused("A post-logout redirect URI must be https, or http on the loopback interface.",
                           "post_logout_redirect_uris");
        }
    }
    return ok();
}

Checked read_keys(const json::object& metadata, Settings& settings)
{
    const json::value* jwks = metadata.if_contains("jwks");
    if (metadata.contains("jwks_uri")) {
        return refused("Register jwks: a key set is not fetched from jwks_uri.", "jwks_uri");
    }
    if (jwks != nullptr && !jwks->is_null()) {
        settings.jwks = json::serialize(*jwks);
        if (!jose::parse_jwk_set(*settings.jwks)) {
            return refused("jwks is no set of public signature keys.", "jwks");
        }
    }
    if (settings.token_endpoint_auth_method == "private_key_jwt" && !settings.jwks) {
        return refused("private_key_jwt needs jwks.", "jwks");
    }
    return ok();
}

Checked read_algorithm(const json::object& metadata, std::string_view name, std::optional<std::string>& into)
{
    TRY(into, text_of(metadata, name));
    if (into && !is_one_of(algorithms, *into)) {
        return refused("An algorithm is not supported: ES256, RS256, PS256 and EdDSA are.", name);
    }
    return ok();
}

Checked read_authentication(const json::object& metadata, Settings& settings)
{
    TRY(auto&& method, text_of(metadata, "token_endpoint_auth_method"));
    settings.token_endpoint_auth_method = method.value_or("client_secret_basic");
    if (!is_one_of(methods, settings.token_endpoint_auth_method)) {
        return refused("token_endpoint_auth_method is not supported.", "token_endpoint_auth_method");
    }
    settings.profile = profile_of_method(settings.token_endpoint_auth_method);
    TRY(read_keys(metadata, settings));
    std::optional<std::string> algorithm;
    TRY(read_algorithm(metadata, "token_endpoint_auth_signing_alg", algorithm));
    if (settings.token_endpoint_auth_method == "private_key_jwt") {
        settings.token_endpoint_auth_signing_alg = algorithm;
    }
    return ok();
}

// RG-01: consistent with each other, and cut down to what there is.
Checked read_grants(const json::object& metadata, Settings& settings)
{
    TRY(auto&& responses, list_of(metadata, "response_types"));
    if (responses && std::ranges::find(*responses, "code") == responses->end()) {
        return refused("response_types must have code: there is no other.", "response_types");
    }
    TRY(auto&& asked, list_of(metadata, "grant_types"));
    settings.grant_types = {};
    for (const std::string& grant : asked.value_or(std::vector<std::string>{"authorization_code"})) {
        if (is_one_of(grants, grant)
            && std::ranges::find(settings.grant_types, grant) == settings.grant_types.end()) {
            settings.grant_types.push_back(grant);
        }
    }
    if (std::ranges::find(settings.grant_types, "authorization_code") == settings.grant_types.end()) {
        return refused("grant_types must have authorization_code.", "grant_types");
    }
    TRY(auto&& scope, text_of(metadata, "scope"));
    if (scope) {
        const auto tokens = parse_scope(*scope);
        if (!tokens) {
            return refused("scope is not well-formed.", "scope");
        }
        const std::vector<std::string> known = Settings{}.scopes;
        settings.scopes = {};
        for (const std::string_view token : *tokens) {
            if (std::ranges::find(known, token) != known.end()) {
                settings.scopes.emplace_back(token);
            }
        }
    }
    return ok();
}

bool is_own_host(const std::string& host, const Settings& settings)
{
    return (settings.client_uri && host_of_uri(*settings.client_uri) == host)
           || std::ranges::any_of(settings.redirect_uris,
                                  [&](const std::string& uri) { return host_of_uri(uri) == host; });
}

Checked read_names(const json::object& metadata, Settings& settings)
{
    TRY(auto&& name, text_of(metadata, "client_name"));
    settings.display_name = name.value_or(host_of_uri(settings.redirect_uris.front()));
    if (settings.display_name.size() > name_bytes_max) {
        return refused("client_name is longer than 256 characters.", "client_name");
    }
    TRY(read_web_uri(metadata, "client_uri", settings.client_uri));
    TRY(read_web_uri(metadata, "logo_uri", settings.logo_uri));
    TRY(read_web_uri(metadata, "policy_uri", settings.policy_uri));
    TRY(read_web_uri(metadata, "tos_uri", settings.tos_uri));
    // RG-05: somebody else's logo beside one's own name is how people are talked into a consent.
    if (settings.logo_uri && !is_own_host(host_of_uri(*settings.logo_uri), settings)) {
        return refused("logo_uri must be on the host of client_uri or of a redirect URI.", "logo_uri");
    }
    TRY(auto&& contacts, list_of(metadata, "contacts"));
    settings.contacts = std::move(contacts).value_or(std::vector<std::string>{});
    if (std::ranges::any_of(settings.contacts, has_control)) {
        return refused("A contact has a control character.", "contacts");
    }
    TRY(settings.software_id, text_of(metadata, "software_id"));
    TRY(settings.software_version, text_of(metadata, "software_version"));
    return ok();
}

Checked read_openid(const json::object& metadata, Settings& settings)
{
    TRY(auto&& subject_type, text_of(metadata, "subject_type"));
    settings.subject_type = subject_type.value_or("public");
    if (settings.subject_type != "public" && settings.subject_type != "pairwise") {
        return refused("subject_type is public or pairwise.", "subject_type");
    }
    TRY(read_web_uri(metadata, "sector_identifier_uri", settings.sector_identifier_uri));
    // O-12, OpenID Connect Core §8.1.
    if (settings.subject_type == "pairwise" && !settings.sector_identifier_uri
        && !have_one_host(settings.redirect_uris)) {
        return refused("Pairwise subjects and several hosts need a sector_identifier_uri.",
                       "sector_identifier_uri");
    }
    TRY(read_algorithm(metadata, "id_token_signed_response_alg", settings.id_token_signed_response_alg));
    TRY(read_algorithm(metadata, "userinfo_signed_response_alg", settings.userinfo_signed_response_alg));
    TRY(read_algorithm(metadata, "introspection_signed_response_alg",
                       settings.introspection_signed_response_alg));
    if (const json::value* age = metadata.if_contains("default_max_age"); age != nullptr && !age->is_null()) {
        if (!age->is_int64() || age->get_int64() < 0 || age->get_int64() > 2'147'483'647) {
            return refused("default_max_age is no whole number of seconds.", "default_max_age");
        }
        settings.default_max_age_s = static_cast<std::int32_t>(age->get_int64());
    }
    if (const json::value* asked = metadata.if_contains("require_auth_time");
        asked != nullptr && !asked->is_null()) {
        if (!asked->is_bool()) {
            return refused("require_auth_time is true or false.", "require_auth_time");
        }
        settings.require_auth_time = asked->get_bool();
    }
    return ok();
}

Checked read_logout(const json::object& metadata, Settings& settings)
{
    TRY(read_web_uri(metadata, "initiate_login_uri", settings.initiate_login_uri));
    TRY(read_web_uri(metadata, "backchannel_logout_uri", settings.backchannel_logout_uri));
    TRY(read_web_uri(metadata, "frontchannel_logout_uri", settings.frontchannel_logout_uri));
    if (settings.frontchannel_logout_uri
        && !is_on_an_origin_of(*settings.frontchannel_logout_uri, settings.redirect_uris)) {
        return refused("frontchannel_logout_uri must be on the origin of a redirect URI.",
                       "frontchannel_logout_uri");
    }
    return ok();
}

// Left out silently, an answer would come in the clear that was to be encrypted.
Checked refuse_encryption(const json::object& metadata)
{
    for (const auto& member : metadata) {
        const std::string_view name{member.key().data(), member.key().size()};
        if (name.ends_with("_encrypted_response_alg") || name.ends_with("_encrypted_response_enc")
            || name == "software_statement") {
            return refused("Encryption and software statements are not supported.", name);
        }
    }
    return ok();
}

template <class Value>
void put(json::object& metadata, std::string_view name, const std::optional<Value>& value)
{
    if (value) {
        metadata[name] = *value;
    }
}

}  // namespace

Result<storage::ClientSettings, OAuthError> read_client_metadata(const json::object& metadata)
{
    Settings settings;
    settings.trusted = false;
    TRY(refuse_encryption(metadata));
    TRY(read_redirects(metadata, settings));
    TRY(read_authentication(metadata, settings));
    TRY(read_grants(metadata, settings));
    TRY(read_names(metadata, settings));
    TRY(read_openid(metadata, settings));
    TRY(read_logout(metadata, settings));
    return settings;
}

json::object render_client_metadata(const storage::ClientSettings& settings)
{
    const auto list = [](const std::vector<std::string>& texts) {
        return json::array(texts.begin(), texts.end());
    };
    json::object metadata;
    metadata["redirect_uris"] = list(settings.redirect_uris);
    metadata["response_types"] = json::array{"code"};
    metadata["grant_types"] = list(settings.grant_types);
    metadata["application_type"] = settings.application_type;
    metadata["client_name"] = settings.display_name;
    metadata["token_endpoint_auth_method"] = settings.token_endpoint_auth_method;
    metadata["subject_type"] = settings.subject_type;
    metadata["require_auth_time"] = settings.require_auth_time;
    std::string scope;
    for (const std::string& each : settings.scopes) {
        scope += (scope.empty() ? "" : " ") + each;
    }
    metadata["scope"] = scope;
    if (!settings.contacts.empty()) {
        metadata["contacts"] = list(settings.contacts);
    }
    if (!settings.post_logout_redirect_uris.empty()) {
        metadata["post_logout_redirect_uris"] = list(settings.post_logout_redirect_uris);
    }
    if (settings.jwks) {
        metadata["jwks"] = json::parse(*settings.jwks);
    }
    put(metadata, "token_endpoint_auth_signing_alg", settings.token_endpoint_auth_signing_alg);
    put(metadata, "sector_identifier_uri", settings.sector_identifier_uri);
    put(metadata, "id_token_signed_response_alg", settings.id_token_signed_response_alg);
    put(metadata, "userinfo_signed_response_alg", settings.userinfo_signed_response_alg);
    put(metadata, "introspection_signed_response_alg", settings.introspection_signed_response_alg);
    put(metadata, "default_max_age", settings.default_max_age_s);
    put(metadata, "initiate_login_uri", settings.initiate_login_uri);
    put(metadata, "frontchannel_logout_uri", settings.frontchannel_logout_uri);
    put(metadata, "backchannel_logout_uri", settings.backchannel_logout_uri);
    put(metadata, "client_uri", settings.client_uri);
    put(metadata, "logo_uri", settings.logo_uri);
    put(metadata, "policy_uri", settings.policy_uri);
    put(metadata, "tos_uri", settings.tos_uri);
    put(metadata, "software_id", settings.software_id);
    put(metadata, "software_version", settings.software_version);
    return metadata;
}

Result<void, OAuthError> check_sector_document(std::string_view document,
                                               const std::vector<std::string>& redirect_uris)
{
    const auto parsed = parse_json(document, {.bytes_max = 64 * 1024, .depth_max = 2});
    const auto* listed = parsed ? parsed.value().if_array() : nullptr;
    if (listed == nullptr) {
        return refused("The document at sector_identifier_uri is no JSON array.", "sector_identifier_uri");
    }
    for (const std::string& uri : redirect_uris) {
        if (std::ranges::none_of(*listed, [&](const json::value& each) {
                return each.is_string() && std::string_view{each.get_string()} == uri;
            })) {
            return refused("The document at sector_identifier_uri lacks a redirect URI.",
                           "sector_identifier_uri");
        }
    }
    return ok();
}

}  // namespace tessera::oauth
