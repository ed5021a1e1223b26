// SignJwt over a real token: what is signed verifies, and every refusal that needs a keyring has its code.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "base/id.hpp"
#include "tests/keyd/keyring_house.hpp"

namespace tessera::keyd::testing {

namespace {

const std::string issuer = "https://id.example/realms/a";

struct Signing : KeyringHouse {
    Signing()
    {
        open();
        keyring = make_keyring("a", issuer, {v1::ES256, v1::RS256, v1::PS256, v1::EDDSA}).keyring_id();
    }
    std::uint64_t counted()
    {
        std::uint64_t sum = 0;
        const auto view = show(keyring);
        for (const auto& key : view.keys()) {
            sum += key.signatures();
        }
        return sum;
    }
    v1::SignJwt request() const { return sign_request(keyring, issuer); }
    v1::ErrorCode refusal(const v1::SignJwt& of) const
    {
        return code_of(keyrings->prepare_sign(of, clock.now()));
    }
    std::string keyring;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keyring_signing)

BOOST_FIXTURE_TEST_CASE(a_token_of_each_algorithm_verifies_under_the_jwks, Signing)
{
    const std::string jwks = show(keyring).jwks();
    for (const v1::Algorithm algorithm : {v1::ES256, v1::RS256, v1::PS256, v1::EDDSA}) {
        v1::SignJwt asked = request();
        asked.set_alg(algorithm);
        const auto jwt = sign(asked);
        BOOST_TEST_REQUIRE(jwt.has_value());
        BOOST_TEST(verifies_under(jwt.value().jwt(), jwks));
        std::string changed = jwt.value().jwt();
        changed[changed.find('.') + 3] ^= 1;
        BOOST_TEST(!verifies_under(changed, jwks));
    }
    BOOST_TEST(keyrings->signature_count() == 4U);
}

BOOST_FIXTURE_TEST_CASE(claims_are_signed_byte_for_byte_and_the_header_is_keyds, Signing)
{
    v1::SignJwt asked = request();
    asked.set_claims(" " + asked.claims() + "\n");
    const auto jwt = sign(asked).value();
    const std::size_t dot = jwt.jwt().find('.');
    const auto payload = base64url_decode(jwt.jwt().substr(dot + 1, jwt.jwt().rfind('.') - dot - 1));
    BOOST_TEST(as_text(payload.value()) == asked.claims());
    const auto header = base64url_decode(jwt.jwt().substr(0, dot));
    BOOST_TEST(as_text(header.value())
               == fmt::format(R"({{"alg":"ES256","kid":"{}","typ":"at+jwt"}})", jwt.kid()));
}

BOOST_FIXTURE_TEST_CASE(every_refusal_has_its_code, Signing)
{
    BOOST_TEST(refusal(request()) == v1::ERROR_UNSPECIFIED);
    v1::SignJwt asked = request();
    asked.set_typ("AT+JWT");
    BOOST_TEST(refusal(asked) == v1::TYP_NOT_ALLOWED);
    asked = request();
    asked.set_keyring_id(KeyringId::random().to_string());
    BOOST_TEST(refusal(asked) == v1::KEYRING_UNKNOWN);
    const std::string other = make_keyring("b", "https://id.example/realms/b").keyring_id();
    asked = sign_request(other, "https://id.example/realms/b");
    asked.set_alg(v1::RS256);
    BOOST_TEST(refusal(asked) == v1::ALG_NOT_ALLOWED);
    BOOST_TEST(refusal(sign_request(other, issuer)) == v1::ISSUER_FOREIGN);
    BOOST_TEST(refusal(sign_request(keyring, "https://id.example/realms/b")) == v1::ISSUER_FOREIGN);
    BOOST_TEST(refusal(sign_request(keyring, issuer + "/")) == v1::ISSUER_FOREIGN);
    asked = request();
    asked.set_claims("{}x");
    BOOST_TEST(refusal(asked) == v1::CLAIMS_MALFORMED);
}

BOOST_FIXTURE_TEST_CASE(what_waits_for_a_signature_is_not_signed_for_a_withdrawn_issuer, Signing)
{
    const auto pending = keyrings->prepare_sign(request(), clock.now());
    BOOST_TEST_REQUIRE(pending.has_value());
    v1::WithdrawIssuer withdraw;
    withdraw.set_keyring_id(keyring);
    withdraw.set_issuer(issuer);
    BOOST_TEST(keyrings->withdraw_issuer(withdraw, test_uid).has_value());
    BOOST_TEST(code_of(keyrings->sign(pending.value(), soon())) == v1::ISSUER_FOREIGN);
}

BOOST_FIXTURE_TEST_CASE(iat_is_held_against_the_time_given, Signing)
{
    const auto late = keyrings->prepare_sign(request(), clock.now() + Seconds{121});
    BOOST_TEST(code_of(late) == v1::ISSUED_AT_SKEWED);
}

BOOST_FIXTURE_TEST_CASE(a_key_gone_from_its_token_is_reported_and_the_others_go_on, Signing)
{
    const std::string other = make_keyring("b", "https://id.example/realms/b").keyring_id();
    const auto view = show(keyring);
    const auto& gone = *std::ranges::find(view.keys(), v1::ES256, &v1::KeyView::algorithm);
    BOOST_TEST(token().destroy(gone.key_id(), soon()).has_value());
    v1::SelfTestReport report;
    keyrings->check_keys(report);
    BOOST_TEST_REQUIRE(report.checks_size() == 1);
    BOOST_TEST(!report.checks(0).passed());
    BOOST_TEST(refusal(request()) == v1::KEY_MISSING);
    BOOST_TEST(sign(sign_request(other, "https://id.example/realms/b")).has_value());
    BOOST_TEST(!keyrings->alarms().empty());
    // Rotation stays away from a keyring whose token may be the wrong one.
    const auto keys = key_pairs().size();
    clock.advance(Seconds{40 * 86400});
    keyrings->tick();
    clock.advance(Seconds{60});
    BOOST_TEST(show(keyring).keys_size() == view.keys_size());
    // The way out: revoke it.
    v1::RevokeKey revoke;
    revoke.set_keyring_id(keyring);
    revoke.set_kid(gone.kid());
    BOOST_TEST(keyrings->revoke_key(revoke, test_uid).has_value());
    BOOST_TEST(refusal(request()) == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(key_pairs().size() >= keys);
}

BOOST_FIXTURE_TEST_CASE(signatures_are_counted_over_a_restart, Signing)
{
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(sign(request()).has_value());
    }
    BOOST_TEST(counted() == 3U);
    clock.advance(Seconds{120});
    settle();
    restart();
    BOOST_TEST(counted() == 3U);
    BOOST_TEST(sign(request()).has_value());
    BOOST_TEST(counted() == 4U);
}

BOOST_AUTO_TEST_CASE(nothing_is_served_before_the_state_is_known_to_be_authentic)
{
    KeyringHouse house;
    house.open();
    const std::string keyring = house.make_keyring("a", issuer).keyring_id();
    house.stop();
    house.intrude("UPDATE keyrings SET lifetime_max_s = 31536000");
    BOOST_TEST(code_of(house.start()) == v1::STATE_TAMPERED);
    BOOST_TEST(code_of(house.sign(house.sign_request(keyring, issuer))) == v1::STATE_TAMPERED);
    v1::GetKeyring get;
    get.set_keyring_id(keyring);
    BOOST_TEST(code_of(house.keyrings->get_keyring(get)) == v1::STATE_TAMPERED);
    BOOST_TEST((house.keyrings->tick() > Milliseconds{0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::testing
