#include "daemon/oauth/metadata.hpp"

#include <memory>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/ascii.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/log.hpp"
#include "daemon/oauth/client_auth/method.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oauth/token/grant.hpp"

namespace tessera::oauth {

namespace {

constexpr int metadata_max_age_s = 300;  // docs/spec-map.md ME-05

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

}  // namespace

std::string metadata_document(const std::string& issuer)
{
    json::object document;
    document["issuer"] = issuer;
    document["token_endpoint"] = issuer + "/token";
    document["jwks_uri"] = issuer + "/jwks";
    document["grant_types_supported"] = names_of_grants();
    document["token_endpoint_auth_methods_supported"] = names_of_methods();
    document["token_endpoint_auth_signing_alg_values_supported"] = {"ES256", "RS256", "PS256", "EdDSA"};
    add_client_endpoint(document, "introspection", issuer + "/introspect", names_of_methods("none"));
    add_client_endpoint(document, "revocation", issuer + "/revoke", names_of_methods());
    document["end_session_endpoint"] = issuer + "/logout";
    for (const char* member : {"frontchannel_logout_supported", "frontchannel_logout_session_supported",
                               "backchannel_logout_supported", "backchannel_logout_session_supported"}) {
        document[member] = true;
    }
    // RFC 8414 §2 asks for response_types_supported, §3.2 forbids an empty array: no authorization endpoint, no member.
    return json::serialize(document);
}

Async<http::Response> metadata(Front&, const http::Request& request, RealmPtr realm)
{
    std::string document = metadata_document(realm->issuer);
    const std::string etag = '"' + base64url_encode(sha256(document)) + '"';
    http::Response response = cacheable(request, etag, metadata_max_age_s);
    if (response.status == 200) {
        response.body = std::move(document);
    }
    co_return response;
}

Async<http::Response> jwks(Front& front, const http::Request& request, RealmPtr realm)
{
    auto found = co_await front.keys.jwks(realm->project.keyring);
    if (!found) {
        log::write(log::Level::warning, "jwks_not_served", request.request_id,
                   {{"realm", realm->project.slug}, {"detail", found.error().code_name}});
        co_return render(from_keyd(found.error()));
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
