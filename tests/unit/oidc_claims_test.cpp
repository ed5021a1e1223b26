// OpenID Connect's own rules: claims, subjects, the ID token, the bearer of UserInfo.
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/oidc/claims.hpp"
#include "daemon/oidc/claims_parameter.hpp"
#include "daemon/oidc/id_token.hpp"
#include "daemon/oidc/subject.hpp"
#include "daemon/oidc/userinfo.hpp"

using namespace tessera;

namespace {

storage::User alice()
{
    storage::User user;
    user.id = UserId{*parse_uuid("0190a5f0-0000-7000-8000-000000000001")};
    user.settings.email = "alice@example.com";
    user.email_verified = true;
    user.settings.profile.display_name = "Alice";
    user.settings.profile.address_country = "DE";
    user.update_time = from_unix_s(1'700'000'000);
    return user;
}

std::string claims_text(std::string_view scope, const std::vector<std::string>& names = {})
{
    return json::serialize(oidc::claims_of(alice(), scope, names));
}

http::Request request_with(std::string authorization, std::string body = {})
{
    http::Request request;
    request.method = body.empty() ? http::Method::get : http::Method::post;
    if (!authorization.empty()) {
        request.headers.push_back({"Authorization", std::move(authorization)});
    }
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.body = std::move(body);
    return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(oidc_claims)

// O-09.
BOOST_AUTO_TEST_CASE(a_scope_gives_its_claims_and_unknown_ones_are_left_out)
{
    BOOST_TEST(claims_text("openid") == "{}");
    BOOST_TEST(claims_text("email openid") == R"({"email":"alice@example.com","email_verified":true})");
    BOOST_TEST(claims_text("openid profile") == R"({"name":"Alice","updated_at":1700000000})");
    BOOST_TEST(claims_text("address openid") == R"({"address":{"country":"DE"}})");
    BOOST_TEST(claims_text("openid phone") == "{}");
    BOOST_TEST(claims_text("emails openid") == "{}");
}

// O-10.
BOOST_AUTO_TEST_CASE(a_claim_asked_for_by_name_is_given_without_its_scope)
{
    BOOST_TEST(claims_text("openid", {"name"}) == R"({"name":"Alice"})");
    BOOST_TEST(claims_text("openid", {"nickname", "sub", "iss"}) == "{}");
}

BOOST_AUTO_TEST_CASE(a_claims_parameter_is_read_strictly_and_what_is_unknown_ignored)
{
    const auto parsed = oidc::parse_claims_parameter(
        R"({"userinfo":{"name":{"essential":true},"email":null,"x":null},)"
        R"("id_token":{"acr":{"essential":true,"values":["a","b"]},"sub":{"value":"user_1"},"auth_time":null},"y":1})");
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST((parsed->userinfo == std::vector<std::string>{"email", "name"}));
    BOOST_TEST(parsed->id_token.empty());
    BOOST_TEST((parsed->essential_acr == std::vector<std::string>{"a", "b"}));
    BOOST_TEST((parsed->subject == "user_1"));
    for (const char* bad :
         {"", "null", "[]", "{", R"({"userinfo":[]})", R"({"userinfo":{"name":1}})",
          R"({"userinfo":{"name":{"essential":"yes"}}})", R"({"id_token":{"acr":{"values":"a"}}})",
          R"({"id_token":{"sub":{"value":1}}})", R"({"userinfo":{},"userinfo":{}})",
          R"({"userinfo":{"a":{"b":{"c":{"d":{}}}}}})"}) {
        BOOST_TEST(!oidc::parse_claims_parameter(bad).has_value(), bad);
    }
    BOOST_TEST(!oidc::parse_claims_parameter("{\"x\":\"" + std::string(5000, 'a') + "\"}").has_value());
}

// O-12.
BOOST_AUTO_TEST_CASE(a_pairwise_subject_is_one_of_its_sector_and_not_the_users_id)
{
    Realm realm;
    realm.project.pairwise_salt = Bytes(32, 7);
    const UserId user = alice().id;
    storage::Client client;
    client.settings.redirect_uris = {"https://App.example:8443/cb"};
    BOOST_TEST(oidc::subject_of(realm, client, user) == user.to_string());
    client.settings.subject_type = "pairwise";
    const std::string pairwise = oidc::subject_of(realm, client, user);
    BOOST_TEST(pairwise.size() == 43U);
    storage::Client sibling = client;
    sibling.settings.redirect_uris = {"https://app.example/other"};
    BOOST_TEST(oidc::subject_of(realm, sibling, user) == pairwise);
    sibling.settings.sector_identifier_uri = "https://else.example/uris.json";
    BOOST_TEST(oidc::subject_of(realm, sibling, user) != pairwise);
    Realm another = realm;
    another.project.pairwise_salt = Bytes(32, 8);
    BOOST_TEST(oidc::subject_of(another, client, user) != pairwise);
    BOOST_TEST(oidc::subject_of(realm, client, UserId::random()) != pairwise);
}

BOOST_AUTO_TEST_CASE(clients_of_two_sectors_with_pairwise_subjects_cannot_join_on_the_session)
{
    Realm realm;
    realm.project.pairwise_salt = Bytes(32, 7);
    const SessionId session = SessionId::random();
    storage::Client client;
    client.settings.redirect_uris = {"https://app.example/cb"};
    BOOST_TEST(oidc::sid_of(realm, client, session) == session.to_string());
    client.settings.subject_type = "pairwise";
    storage::Client other = client;
    other.settings.redirect_uris = {"https://else.example/cb"};
    const std::string sid = oidc::sid_of(realm, client, session);
    BOOST_TEST(sid.size() == 43U);
    BOOST_TEST(oidc::sid_of(realm, client, session) == sid);
    BOOST_TEST(oidc::sid_of(realm, other, session) != sid);
    BOOST_TEST(oidc::sid_of(realm, client, SessionId::random()) != sid);
}

// O-06, T-14. The hash is that of OpenID Connect Core appendix A.3.
BOOST_AUTO_TEST_CASE(an_id_token_says_who_signed_in_when_and_how)
{
    Realm realm;
    realm.issuer = "https://id.example/realms/acme";
    storage::Client client;
    client.id = ClientId::random();
    storage::TokenFamily family;
    family.session = SessionId::random();
    family.auth_time = from_unix_s(1'700'000'000);
    family.acr = "urn:tessera:acr:1fa";
    family.amr = {"pwd"};
    const oidc::IdTokenOrder order{.client = client,
                                   .family = family,
                                   .subject = "user_x",
                                   .nonce = "n",
                                   .access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
                                   .now = from_unix_s(1'700'000'100)};
    const json::object claims = oidc::id_token_claims(realm, order, "RS256");
    BOOST_TEST((claims.at("aud") == json::value(client.id.to_string())));
    BOOST_TEST((claims.at("auth_time") == json::value(1'700'000'000)));
    BOOST_TEST((claims.at("nonce") == json::value("n")));
    BOOST_TEST((claims.at("sid") == json::value(family.session.to_string())));
    BOOST_TEST((claims.at("at_hash") == json::value("77QmUPtjPfzWtF2AnpK9RQ")));
    BOOST_TEST(!claims.contains("azp"));
    BOOST_TEST(!oidc::id_token_claims(realm, order, "EdDSA").contains("at_hash"));
}

// O-07.
BOOST_AUTO_TEST_CASE(the_id_token_is_signed_as_registered_else_with_rs256)
{
    BOOST_TEST(oidc::choose_alg(std::nullopt, {"ES256", "RS256"}) == "RS256");
    BOOST_TEST(oidc::choose_alg("PS256", {"ES256", "RS256"}) == "PS256");
    BOOST_TEST(oidc::choose_alg(std::nullopt, {"ES256"}).empty());
}

// X-14, RFC 6750 §2.
BOOST_AUTO_TEST_CASE(a_bearer_token_is_sent_once_and_in_one_way)
{
    BOOST_TEST((oidc::find_bearer_token(request_with("bEaReR a.b-c_~+/==")).value() == "a.b-c_~+/=="));
    BOOST_TEST((oidc::find_bearer_token(request_with("", "access_token=abc")).value() == "abc"));
    BOOST_TEST(!oidc::find_bearer_token(request_with("")).value().has_value());
    BOOST_TEST(!oidc::find_bearer_token(request_with("Basic YTpi")).value().has_value());
    for (const char* bad :
         {"Bearer", "Bearer ", "Bearer  a", "Bearer a b", "Bearer =", "Bearer a\"b", "Bearer a=b"}) {
        BOOST_TEST(!oidc::find_bearer_token(request_with(bad)).has_value(), bad);
    }
    BOOST_TEST(!oidc::find_bearer_token(request_with("Bearer a", "access_token=a")).has_value());
    BOOST_TEST(!oidc::find_bearer_token(request_with("", "access_token=a&access_token=b")).has_value());
    http::Request twice = request_with("Bearer a");
    twice.headers.push_back({"authorization", "Bearer b"});
    BOOST_TEST(!oidc::find_bearer_token(twice).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
