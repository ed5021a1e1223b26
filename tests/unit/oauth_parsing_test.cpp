#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "base/encoding.hpp"
#include "daemon/oauth/client_auth/basic.hpp"
#include "daemon/oauth/client_auth/method.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oauth/metadata.hpp"
#include "daemon/oauth/profile.hpp"
#include "daemon/oauth/token/grant.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/resource_uri.hpp"

using namespace tessera;

namespace {

std::string basic(std::string_view pair) { return "Basic " + base64_encode(as_bytes(pair)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(oauth_parsing)

// SR-24, X-06.
BOOST_AUTO_TEST_CASE(basic_is_form_decoded_and_works_unencoded_for_our_ids)
{
    const auto encoded = oauth::parse_basic(basic("client%5Fa:s%20e%2Bc+ret"));
    BOOST_REQUIRE(encoded.has_value());
    BOOST_TEST(encoded->id == "client_a");
    BOOST_TEST(encoded->secret == "s e+c ret");
    const auto plain = oauth::parse_basic(basic("client_a:tessera_secret_aB-_9"));
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST(plain->secret == "tessera_secret_aB-_9");
    BOOST_TEST(oauth::parse_basic("bAsIc " + base64_encode(as_bytes("a:b"))).has_value());
}

BOOST_AUTO_TEST_CASE(sloppy_basic_headers_are_refused)
{
    for (const std::string& header :
         {std::string{}, std::string{"Basic"}, std::string{"Basic "}, basic("nocolon"), basic(":secret"),
          basic("id:"), basic("id:%zz"), basic("id:%2"), basic("id:secret") + " ",
          "Basic  " + base64_encode(as_bytes("a:b")), basic("id:secret") + "=",
          std::string{"Basic aWQ6c2VjcmV0!"}, std::string{"Basic aWQ6c2VjcmV0Cg"},
          "Bearer " + base64_encode(as_bytes("a:b")), basic(std::string(5000, 'a') + ":b")}) {
        BOOST_TEST(!oauth::parse_basic(header).has_value(), header);
    }
}

// SR-14, SR-17.
BOOST_AUTO_TEST_CASE(every_byte_of_a_secret_counts)
{
    const Instant now = from_unix_s(1'700'000'000);
    const std::string secret = "tessera_secret_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    storage::ClientRecord record;
    record.secrets.push_back(
        {.id = {}, .digest = sha256(secret), .hint = {}, .create_time = {}, .expire_time = {}});
    BOOST_TEST(oauth::is_secret_of(&record, secret, now));
    for (std::size_t i = 0; i < secret.size(); ++i) {
        std::string changed = secret;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        BOOST_TEST(!oauth::is_secret_of(&record, changed, now));
        BOOST_TEST(!oauth::is_secret_of(&record, secret.substr(0, i), now));
    }
    BOOST_TEST(!oauth::is_secret_of(&record, secret + "a", now));
    BOOST_TEST(!oauth::is_secret_of(nullptr, secret, now));
}

BOOST_AUTO_TEST_CASE(two_secrets_are_live_at_once_and_an_expired_one_is_not)
{
    const Instant now = from_unix_s(1'700'000'000);
    storage::ClientRecord record;
    for (const auto& [text, expire_time] :
         {std::pair<std::string, std::optional<Instant>>{"old", now}, {"new", std::nullopt}}) {
        record.secrets.push_back(
            {.id = {}, .digest = sha256(text), .hint = {}, .create_time = {}, .expire_time = expire_time});
    }
    BOOST_TEST(oauth::is_secret_of(&record, "old", now - Seconds{1}));
    BOOST_TEST(!oauth::is_secret_of(&record, "old", now));
    BOOST_TEST(oauth::is_secret_of(&record, "new", now));
}

BOOST_AUTO_TEST_CASE(an_empty_place_for_a_secret_matches_nothing)
{
    const storage::ClientRecord record;
    BOOST_TEST(!oauth::is_secret_of(&record, "", from_unix_s(0)));
}

// X-10.
BOOST_AUTO_TEST_CASE(scope_is_tokens_with_one_space_between_sorted_and_once)
{
    BOOST_TEST(oauth::join_scope(*oauth::parse_scope("b a b")) == "a b");
    for (const std::string& text :
         {std::string{""}, std::string{" a"}, std::string{"a "}, std::string{"a  b"}, std::string{"a\tb"},
          std::string{"\"a\""}, std::string{"a\\b"}, std::string{"\xc3\xa4"}, std::string(5000, 'a')}) {
        BOOST_TEST(!oauth::parse_scope(text).has_value(), text);
    }
}

// RI-06.
BOOST_AUTO_TEST_CASE(resource_uris_compare_by_their_normal_form_only)
{
    const auto normal = [](std::string_view uri) { return normalize_resource_uri(uri).value_or("none"); };
    BOOST_TEST(normal("HTTPS://API.Example.com:443") == "https://api.example.com/");
    BOOST_TEST(normal("https://api.example.com/") == "https://api.example.com/");
    BOOST_TEST(normal("https://api.example.com/MCP") == "https://api.example.com/MCP");
    BOOST_TEST(normal("https://api.example.com/mcp/") == "https://api.example.com/mcp/");
    BOOST_TEST(normal("https://api.example.com:8443/x?y=1") == "https://api.example.com:8443/x?y=1");
    BOOST_TEST(normal("http://[::1]:80/x") == "http://[::1]/x");
    BOOST_TEST(normal("URN:example:api") == "urn:example:api");
    for (const std::string_view uri : {"",
                                       "api",
                                       "/api",
                                       "https:",
                                       "https://",
                                       "https://h/#f",
                                       "https://h#",
                                       "https://u@h/",
                                       "https://h/a b",
                                       "https://h/%zz",
                                       "https://h/\xc3\xa4",
                                       "https://h:x/",
                                       "https://h:999999/",
                                       "1ttp://h/",
                                       "https://h/\"",
                                       "https://[::1/",
                                       "https://[::1]x/",
                                       "https://[::1]]/",
                                       "https://[[::1]/",
                                       "https://a[b]/",
                                       "https://h]/",
                                       "https://[",
                                       "//h/x",
                                       "https://h\\x/"}) {
        BOOST_TEST(!normalize_resource_uri(uri).has_value(), uri);
    }
}

// X-04, AB-21.
BOOST_AUTO_TEST_CASE(errors_are_rendered_by_their_code_alone)
{
    const auto response = oauth::render({oauth::ErrorCode::invalid_client, "Client authentication failed.",
                                         "wrong secret", oauth::Challenge::basic});
    BOOST_TEST(response.status == 401);
    BOOST_TEST(response.find("Cache-Control") == "no-store");
    BOOST_TEST(response.find("WWW-Authenticate").starts_with("Basic "));
    BOOST_TEST(response.content().find("wrong secret") == std::string_view::npos);
    const auto body = json::parse({response.content().data(), response.content().size()}).as_object();
    BOOST_TEST(std::string_view{body.at("error").as_string()} == "invalid_client");

    const auto quiet = oauth::render({oauth::ErrorCode::invalid_client, "x", {}});
    BOOST_TEST(quiet.find("WWW-Authenticate").empty());
    const auto busy =
        oauth::render({oauth::ErrorCode::temporarily_unavailable, "x", {}, oauth::Challenge::none, 7});
    BOOST_TEST(busy.status == 503);
    BOOST_TEST(busy.find("Retry-After") == "7");
    const auto forged = oauth::render({oauth::ErrorCode::invalid_request, "a\"b\r\nX: y", {}});
    BOOST_TEST(forged.content().find("X: y") == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(the_six_profiles_exist_and_none_allows_what_is_not_built)
{
    for (const std::string_view name :
         {"mcp_public", "web_confidential", "oidc_legacy", "fapi2", "workload", "agent"}) {
        BOOST_TEST((oauth::find_profile(name) != nullptr), name);
    }
    BOOST_TEST((oauth::find_profile("Workload") == nullptr));
    for (const auto& profile : oauth::profiles()) {
        for (const std::string_view grant : profile.grant_types) {
            BOOST_TEST((oauth::find_grant(grant) != nullptr), grant);
        }
    }
    BOOST_TEST(!oauth::find_profile("fapi2")->allows_signing_alg("RS256"));
}

// C-14, AB-23.
BOOST_AUTO_TEST_CASE(legacy_grants_do_not_exist)
{
    for (const std::string_view name : {"password", "implicit", "", "Client_Credentials"}) {
        BOOST_TEST((oauth::find_grant(name) == nullptr), name);
    }
}

// ME-02, F.1.
BOOST_AUTO_TEST_CASE(metadata_lists_only_what_works)
{
    Realm realm;
    realm.issuer = "https://id.example.com/realms/acme";
    const auto document = json::parse(oauth::metadata_document(realm, {"ES256", "RS256"})).as_object();
    BOOST_TEST(std::string_view{document.at("issuer").as_string()} == realm.issuer);
    BOOST_TEST(json::serialize(document.at("response_types_supported")) == R"(["code"])");
    BOOST_TEST((document.at("request_uri_parameter_supported") == json::value(false)));
    for (const auto& [name, value] : document) {
        BOOST_TEST(!value.is_null());
        BOOST_TEST((!value.is_array() || !value.get_array().empty()));
    }
    for (const auto& method : document.at("introspection_endpoint_auth_methods_supported").as_array()) {
        BOOST_TEST(std::string_view{method.as_string()} != "none");
    }
}

BOOST_AUTO_TEST_SUITE_END()
