// What is said at a logout, and how long it is tried.
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/jobs/logout.hpp"
#include "daemon/oidc/frontchannel_logout.hpp"
#include "daemon/oidc/logout_token.hpp"

namespace tessera::tests {

namespace {

using jobs::LogoutOutcome;
using Kind = LogoutOutcome::Kind;

Realm realm()
{
    Realm made;
    made.issuer = "https://id.example/realms/acme";
    return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logout)

// OpenID Connect Back-Channel Logout §2.4.
BOOST_AUTO_TEST_CASE(a_logout_token_has_what_it_must_and_no_nonce)
{
    storage::Client client;
    client.id = ClientId::random();
    const SessionId session = SessionId::random();
    const UserId user = UserId::random();
    const auto claims = oidc::logout_claims(realm(), client, session, user, from_unix_s(1'800'000'000));
    BOOST_TEST(claims.at("iss").as_string() == "https://id.example/realms/acme");
    BOOST_TEST(claims.at("aud").as_string() == client.id.to_string());
    BOOST_TEST(claims.at("sid").as_string() == session.to_string());
    BOOST_TEST(claims.at("sub").as_string() == user.to_string());
    BOOST_TEST(claims.at("exp").as_int64() - claims.at("iat").as_int64() == 120);
    BOOST_TEST(json::serialize(claims.at("events"))
               == R"({"http://schemas.openid.net/event/backchannel-logout":{}})");
    BOOST_TEST(!claims.contains("nonce"));
    const auto other = oidc::logout_claims(realm(), client, session, user, from_unix_s(1'800'000'000));
    BOOST_TEST(claims.at("jti").as_string() != other.at("jti").as_string());
}

BOOST_AUTO_TEST_CASE(an_answer_is_the_end_unless_it_may_pass)
{
    BOOST_TEST((jobs::judge_answer(200).kind == Kind::told && jobs::judge_answer(204).kind == Kind::told));
    for (const int status : {400, 401, 404, 403, 302}) {
        BOOST_TEST((jobs::judge_answer(status).kind == Kind::refused), status);
    }
    for (const int status : {500, 502, 503, 429, 408}) {
        BOOST_TEST((jobs::judge_answer(status).kind == Kind::unreached), status);
    }
}

BOOST_AUTO_TEST_CASE(a_fault_of_the_network_is_tried_again_and_a_forbidden_address_is_not)
{
    using enum outbound::FetchFault;
    const auto kind_of = [](outbound::FetchFault fault) { return jobs::judge_fault({fault, "", ""}).kind; };
    for (const auto fault : {unreachable, timeout, untrusted}) {
        BOOST_TEST((kind_of(fault) == Kind::unreached));
    }
    for (const auto fault : {invalid, refused, redirected, too_large}) {
        BOOST_TEST((kind_of(fault) == Kind::refused));
    }
}

// Who crowds us out uses up nobody's attempts.
BOOST_AUTO_TEST_CASE(no_room_to_ask_is_no_attempt)
{
    BOOST_TEST((jobs::judge_fault({outbound::FetchFault::overloaded, "", ""}).kind == Kind::crowded));
}

BOOST_AUTO_TEST_CASE(each_attempt_waits_twice_as_long_and_there_is_a_last_one)
{
    Seconds total{0};
    Seconds before{0};
    int attempts = 1;
    for (; jobs::wait_after(attempts); ++attempts) {
        const Seconds wait = *jobs::wait_after(attempts);
        BOOST_TEST((before == Seconds{0} || wait == 2 * before));
        before = wait;
        total += wait;
    }
    BOOST_TEST(attempts == 8);
    BOOST_TEST((total > Seconds{300} && total < Seconds{1200}));
}

// docs/spec-map.md X-09.
BOOST_AUTO_TEST_CASE(a_parameter_is_added_to_any_uri_and_encoded)
{
    BOOST_TEST(oidc::with_parameter("https://rp.example/out", "state", "a b&c=é")
               == "https://rp.example/out?state=a+b%26c%3D%C3%A9");
    BOOST_TEST(oidc::with_parameter("https://rp.example/out?x=1", "state", "y")
               == "https://rp.example/out?x=1&state=y");
    BOOST_TEST(oidc::with_parameter("https://rp.example/out?", "state", "y")
               == "https://rp.example/out?state=y");
}

// OpenID Connect Front-Channel Logout §2.
BOOST_AUTO_TEST_CASE(a_frame_is_told_issuer_and_session)
{
    const SessionId session = SessionId::random();
    storage::Client client;
    client.settings.frontchannel_logout_uri = "https://rp.example/fc?a=b";
    BOOST_TEST(oidc::frontchannel_logout_url(realm(), client, session)
               == "https://rp.example/fc?a=b&iss=https%3A%2F%2Fid.example%2Frealms%2Facme&sid="
                      + session.to_string());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
