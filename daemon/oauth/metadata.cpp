#include "daemon/oauth/metadata.hpp"

#include <memory>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/ascii.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "daemon/login/acr.hpp"
#include "daemon/oauth/client_auth/method.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oauth/token/grant.hpp"
#include "daemon/oidc/claims.hpp"
#include "daemon/page/language.hpp"

namespace tessera::oauth {

namespace {

constexpr std::size_t documents_max = 2'000;  // a loop remembers: about 4 KiB each
constexpr int metadata_max_age_s = 300;       // docs/spec-map.md ME-05

// RFC 9110 §13.1.2: a list of validators, compared weakly, or "*".
bool matches(std::string_view if_none_match, std::string_view etag)
{
    while (!if_none_match.empty()) {
        const std::size_t comma = if_none_match.find(',');
        const std::string_view each = ascii::trim(if_none_match.substr(0, comma));
        if (each == "*" || each == etag || (each.starts_with("W/") && each.substr(2) == etag)) {
            return true;
        }
        if_none_match =
            comma == std::string_view::npos ? std::string_view{} : if_none_match.substr(comma + 1);
    }
    return false;
}

http::Response cacheable(const http::Request& request, const std::string& etag, int max_age_s)
{
    const bool is_current = matches(request.find("if-none-match"), etag);
    http::Response response = http::json_response(200, {});
    response.status = is_current ? 304 : 200;
    response.set("ETag", etag);
    response.set("Cache-Control", "public, max-age=" + std::to_string(max_age_s));
    return response;
}

json::array names_of_methods(std::string_view but = {})
{
    json::array names;
    for (const Method* method : client_auth_methods()) {
        if (method->name != but) {
            names.emplace_back(method->name);
        }
    }
    return names;
}

// RFC 8414 §2: an endpoint whose callers authenticate as at the token endpoint, its URL and how.
void add_client_endpoint(json::object& document, const std::string& name, const std::string& url,
                         json::array methods)
{
    document[name + "_endpoint"] = url;
    document[name + "_endpoint_auth_methods_supported"] = std::move(methods);
    document[name + "_endpoint_auth_signing_alg_values_supported"] = {"ES256", "RS256", "PS256", "EdDSA"};
}

json::array names_of_grants()
{
    json::array names;
    for (const Grant& grant : grants()) {
        names.emplace_back(grant.name);
    }
    return names;
}

template <class Names>
json::array list(const Names& names)
{
    json::array array;
    for (const auto& name : names) {
        array.emplace_back(std::string_view{name});
    }
    return array;
}

json::array names_of_claims()
{
    json::array names{"acr", "amr", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"};
    for (const oidc::Claim& claim : oidc::claims()) {
        names.emplace_back(claim.name);
    }
    return names;
}

json::array names_of_languages()
{
    json::array names;
    for (const page::Language language : page::languages) {
        names.emplace_back(page::tag_of(language));
    }
    return names;
}

// An app that is told of sign-up may offer it: only where people may sign up.
json::array names_of_prompts(const storage::ProjectSettings& settings)
{
    json::array names{"none", "login", "consent", "select_account"};
    if (settings.self_serve_create_users) {
        names.emplace_back("create");
    }
    return names;
}

// What may be asked of the authorization endpoint, and what comes of it.
void add_sign_in(json::object& document, const Realm& realm, const std::vector<std::string>& algorithms)
{
    document["authorization_endpoint"] = realm.issuer + "/authorize";
    document["userinfo_endpoint"] = realm.issuer + "/userinfo";
    document["response_types_supported"] = json::array{"code"};
    document["response_modes_supported"] = {"query", "form_post"};
    document["code_challenge_methods_supported"] = json::array{"S256"};
    document["authorization_response_iss_parameter_supported"] = true;  // RFC 9207 §2.3
    // offline_access is understood and not listed: apps that find it here ask for consent each time (docs/spec-map.md Q1).
    document["scopes_supported"] = {"openid", "profile", "email", "address", "phone"};
    document["claims_supported"] = names_of_claims();
    document["claims_parameter_supported"] = true;
    document["subject_types_supported"] = {"public", "pairwise"};
    for (const char* member :
         {"id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported",
          "introspection_signing_alg_values_supported"}) {
        if (!algorithms.empty()) {
            document[member] = list(algorithms);
        }
    }
    document["acr_values_supported"] = list(login::acr::values);
    document["prompt_values_supported"] = names_of_prompts(realm.project.settings);
    document["display_values_supported"] = json::array{"page"};
    document["ui_locales_supported"] = names_of_languages();
    // OpenID Connect Discovery §3: request_uri is taken for supported unless it is denied.
    document["request_parameter_supported"] = false;
    document["request_uri_parameter_supported"] = false;
}

http::Response not_served(const http::Request& request, const Realm& realm, std::string_view what,
                          const keyd::KeydError& error)
{
    log::write(log::Level::warning, what, request.request_id,
               {{"realm", realm.project.slug}, {"detail", error.code_name}});
    return render(from_keyd(error));
}

}  // namespace

std::string metadata_document(const Realm& realm, const std::vector<std::string>& algorithms)
{
    const std::string& issuer = realm.issuer;
    json::object document;
    document["issuer"] = issuer;
    document["token_endpoint"] = issuer + "/token";
    document["jwks_uri"] = issuer + "/jwks";
    document["grant_types_supported"] = names_of_grants();
    document["token_endpoint_auth_methods_supported"] = names_of_methods();
    document["token_endpoint_auth_signing_alg_values_supported"] = {"ES256", "RS256", "PS256", "EdDSA"};
    add_sign_in(document, realm, algorithms);
    add_client_endpoint(document, "introspection", issuer + "/introspect", names_of_methods("none"));
    add_client_endpoint(document, "revocation", issuer + "/revoke", names_of_methods());
    document["introspection_signing_alg_values_supported"] = list(algorithms);  // RFC 9701 §7
    document["end_session_endpoint"] = issuer + "/logout";
    for (const char* member : {"frontchannel_logout_supported", "frontchannel_logout_session_supported",
                               "backchannel_logout_supported", "backchannel_logout_session_supported"}) {
        document[member] = true;
    }
    if (realm.project.settings.registration_policy != "off") {
        document["registration_endpoint"] = issuer + "/register";
    }
    return json::serialize(document);
}

std::shared_ptr<const MetadataDocuments::Document>
MetadataDocuments::find(const RealmPtr& realm, const std::shared_ptr<const keys::Jwks>& jwks)
{
    if (made_.size() >= documents_max && !made_.contains(realm->project.id)) {
        made_.clear();
    }
    Made& made = made_[realm->project.id];
    if (made.realm != realm || made.jwks != jwks) {
        Document document{metadata_document(*realm, jwks->algorithms), {}};
        document.etag = '"' + base64url_encode(sha256(document.body)) + '"';
        made = {realm, jwks, std::make_shared<const Document>(std::move(document))};
    }
    return made.document;
}

Async<http::Response> metadata(Front& front, const http::Request& request, RealmPtr realm)
{
    // The algorithms of the ID token are the keyring's. OpenID Connect Discovery §3 has no document without them.
    auto found = co_await front.keys.jwks(realm->project.keyring);
    if (!found) {
        co_return not_served(request, *realm, "metadata_not_served", found.error());
    }
    const auto document = front.metadata_documents.find(realm, found.value());
    http::Response response = cacheable(request, document->etag, metadata_max_age_s);
    if (response.status == 200) {
        response.body = document->body;
    }
    co_return response;
}

Async<http::Response> jwks(Front& front, const http::Request& request, RealmPtr realm)
{
    auto found = co_await front.keys.jwks(realm->project.keyring);
    if (!found) {
        co_return not_served(request, *realm, "jwks_not_served", found.error());
    }
    const std::shared_ptr<const keys::Jwks> jwks = std::move(found.value());
    http::Response response = cacheable(request, jwks->etag, jwks->max_age_s);
    if (response.status == 200) {
        // Shares the cached text's owner: a slow reader keeps the set it began with.
        response.shared_body = std::shared_ptr<const std::string>{jwks, &jwks->body};
    }
    co_return response;
}

}  // namespace tessera::oauth
