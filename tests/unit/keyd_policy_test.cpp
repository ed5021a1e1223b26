#include <boost/test/unit_test.hpp>

#include "keyd/keyring/issuer.hpp"
#include "keyd/keyring/policy.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

v1::ErrorCode code_of(const v1::KeyringPolicy& wanted)
{
    const auto merged = merge_policy(default_policy(), wanted);
    return merged.has_error() ? merged.error().code : v1::ERROR_UNSPECIFIED;
}

BOOST_AUTO_TEST_SUITE(keyd_policy)

BOOST_AUTO_TEST_CASE(nothing_asked_for_keeps_what_is)
{
    const auto merged = merge_policy(default_policy(), {});
    BOOST_REQUIRE(merged.has_value());
    BOOST_TEST((merged.value() == default_policy()));
    BOOST_TEST(default_policy().rsa_bits == 3072U);
    BOOST_TEST((default_policy().publish_before >= Seconds{3600}));
}

BOOST_AUTO_TEST_CASE(rsa_below_2048_bits_has_a_refusal_of_its_own)
{
    v1::KeyringPolicy wanted;
    wanted.set_rsa_bits(1024);
    BOOST_TEST(code_of(wanted) == v1::RSA_TOO_SMALL);
    wanted.set_rsa_bits(2048);
    BOOST_TEST(code_of(wanted) == v1::ERROR_UNSPECIFIED);
    wanted.set_rsa_bits(3000);
    BOOST_TEST(code_of(wanted) == v1::POLICY_INVALID);
}

BOOST_AUTO_TEST_CASE(a_typ_cannot_break_out_of_the_header)
{
    for (const char* typ : {"", "a\"b", "a b", "application/at+jwt", "a\\u0022", "\n"}) {
        v1::KeyringPolicy wanted;
        wanted.add_typs(typ);
        BOOST_TEST(code_of(wanted) == v1::POLICY_INVALID, typ);
    }
}

BOOST_AUTO_TEST_CASE(a_successor_is_in_every_cache_before_it_is_due)
{
    v1::KeyringPolicy wanted;
    wanted.set_rotation_period_s(2 * 3600);
    BOOST_TEST(code_of(wanted) == v1::ERROR_UNSPECIFIED);
    wanted.set_publish_before_s(2 * 3600);
    BOOST_TEST(code_of(wanted) == v1::POLICY_INVALID);
}

BOOST_AUTO_TEST_CASE(a_realm_issuer_is_exactly_domain_realms_slug)
{
    const std::string_view domain = "https://id.example";
    BOOST_TEST(is_realm_issuer("https://id.example/realms/a", domain));
    BOOST_TEST(is_realm_issuer("https://id.example/realms/" + std::string(63, 'a'), domain));
    for (const char* issuer :
         {"https://id.example/realms/", "https://id.example/realms/-", "https://id.example/realms/a-",
          "https://id.example/realms", "https://id.example/realms/A", "https://id.example/realms/a/",
          "https://id.example/realms/a/b", "https://id.example/realms/a?x", "https://id.example/realms/a#",
          "https://id.example/realms/..", "https://id.example/realms/a%2f",
          "https://id.example.evil/realms/a", "https://id.example@evil/realms/a",
          "http://id.example/realms/a", "https://id.example//realms/a", "https://id.example:443/realms/a",
          " https://id.example/realms/a", ""}) {
        BOOST_TEST(!is_realm_issuer(issuer, domain), issuer);
    }
    BOOST_TEST(!is_realm_issuer("https://id.example/realms/" + std::string(64, 'a'), domain));
    BOOST_TEST(!is_realm_issuer("/realms/a", ""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
