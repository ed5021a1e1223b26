#include <string>
#include <vector>

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "base/encoding.hpp"
#include "daemon/jose/jwk.hpp"
#include "daemon/jose/jws.hpp"
#include "tests/unit/jose_signer.hpp"

using namespace tessera;
using test::JoseSigner;

namespace {

std::string header_of(const JoseSigner& signer) { return R"({"alg":")" + signer.alg() + R"(","kid":"k1"})"; }

std::vector<jose::Jwk> keys_of(const json::object& jwk)
{
    auto set = jose::parse_jwk_set(json::serialize(json::object{{"keys", json::array{jwk}}}));
    BOOST_REQUIRE(set.has_value());
    return std::move(set.value());
}

bool verifies(const std::string& jwt, const JoseSigner& signer)
{
    const auto jws = jose::parse_jws(jwt);
    return jws
           && jose::verify_jws(jws.value(), keys_of(signer.public_jwk()),
                               *jose::parse_algorithm(signer.alg()));
}

jose::JwkFault fault_of(const json::object& jwk)
{
    const auto parsed = jose::parse_jwk(jwk);
    BOOST_REQUIRE(!parsed.has_value());
    return parsed.error().fault;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jose_verification)

// ASVS 9.1.1: oauth/jwt_tampering_is_refused.
BOOST_AUTO_TEST_CASE(every_algorithm_verifies_and_any_changed_character_is_refused)
{
    for (const std::string alg : {"ES256", "RS256", "PS256", "EdDSA"}) {
        const JoseSigner signer{alg};
        const std::string jwt = signer.sign(header_of(signer), R"({"iss":"a"})");
        BOOST_TEST(verifies(jwt, signer), alg);
        for (std::size_t i = 0; i < jwt.size(); ++i) {
            std::string changed = jwt;
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            BOOST_TEST(!verifies(changed, signer), alg << " at " << i);
        }
        BOOST_TEST(!verifies(jwt.substr(0, jwt.size() - 1), signer));
        BOOST_TEST(!verifies(jwt + "A", signer));
        BOOST_TEST(!verifies(jwt + "=", signer));
    }
}

// ASVS 9.1.2: oauth/jwt_header_cannot_choose_its_alg.
BOOST_AUTO_TEST_CASE(the_header_cannot_choose_its_algorithm)
{
    const JoseSigner rsa{"RS256"};
    const JoseSigner pss{"PS256"};
    for (const std::string_view alg : {"none", "None", "", "HS256", "RS512", "ES384"}) {
        const auto jws = jose::parse_jws(rsa.sign(R"({"alg":")" + std::string{alg} + R"("})", "{}"));
        BOOST_TEST(!jws.has_value(), alg);
    }
    BOOST_TEST(!jose::parse_jws(rsa.sign("{}", "{}")).has_value());
    // A key for PS256 is not used for RS256, and a registered PS256 refuses an RS256 token whatever the key.
    const auto jws = jose::parse_jws(rsa.sign(R"({"alg":"RS256"})", "{}"));
    BOOST_REQUIRE(jws.has_value());
    BOOST_TEST(!jose::verify_jws(jws.value(), keys_of(rsa.public_jwk()), jose::Algorithm::ps256).has_value());
    json::object ps_only = rsa.public_jwk();
    ps_only["alg"] = "PS256";
    BOOST_TEST(!jose::verify_jws(jws.value(), keys_of(ps_only), jose::Algorithm::rs256).has_value());
}

// ASVS 9.1.3: oauth/jwt_header_cannot_bring_its_key.
BOOST_AUTO_TEST_CASE(a_key_in_the_header_is_never_used)
{
    const JoseSigner registered{"ES256"};
    const JoseSigner attacker{"ES256"};
    const std::string brought = json::serialize(attacker.public_jwk());
    for (const std::string& header :
         {R"({"alg":"ES256","kid":"k1","jwk":)" + brought + "}",
          std::string{R"({"alg":"ES256","kid":"k1","jku":"https://attacker.example/jwks"})"},
          std::string{R"({"alg":"ES256","kid":"k1","x5u":"https://attacker.example/x"})"},
          std::string{R"({"alg":"ES256","kid":"k1","x5c":["AAAA"]})"}}) {
        BOOST_TEST(!verifies(attacker.sign(header, "{}"), registered), header);
        BOOST_TEST(verifies(registered.sign(header, "{}"), registered), header);
    }
}

// X-19.
BOOST_AUTO_TEST_CASE(without_a_kid_only_the_first_keys_are_tried)
{
    const test::JoseSigner mine{"ES256"};
    const auto with_strangers_before = [&](std::size_t strangers) {
        json::array keys;
        for (std::size_t i = 0; i < strangers; ++i) {
            keys.push_back(test::JoseSigner{"ES256"}.public_jwk("stranger-" + std::to_string(i)));
        }
        keys.push_back(mine.public_jwk("mine"));
        return std::move(jose::parse_jwk_set(json::serialize(json::object{{"keys", keys}})).value());
    };
    const auto nameless = jose::parse_jws(mine.sign(R"({"alg":"ES256"})", "{}"));
    const auto named = jose::parse_jws(mine.sign(R"({"alg":"ES256","kid":"mine"})", "{}"));
    const auto few = with_strangers_before(jose::keys_tried_max - 1);
    const auto many = with_strangers_before(jose::keys_tried_max);
    BOOST_TEST(jose::verify_jws(nameless.value(), few, jose::Algorithm::es256).has_value());
    BOOST_TEST(!jose::verify_jws(nameless.value(), many, jose::Algorithm::es256).has_value());
    BOOST_TEST(jose::verify_jws(named.value(), many, jose::Algorithm::es256).has_value());
}

BOOST_AUTO_TEST_CASE(strange_headers_and_claims_are_refused)
{
    const JoseSigner signer{"ES256"};
    for (const std::string_view header :
         {R"({"alg":"ES256","alg":"ES256"})", R"({"alg":"ES256","crit":["x"],"x":1})",
          R"({"alg":"ES256","crit":[]})", R"({"alg":"ES256","b64":false})", R"({"alg":"ES256","b64":true})",
          R"({"alg":"ES256","zip":"DEF"})", R"(["ES256"])", R"({"alg":["ES256"]})",
          R"({"alg":"ES256"} )"
          "x",
          R"({"alg":"ES256","kid":1})", R"({"alg":"ES256","typ":{}})", ""}) {
        BOOST_TEST(!jose::parse_jws(signer.sign(header, "{}")).has_value(), header);
    }
    for (const std::string_view claims : {R"({"iss":"a","iss":"b"})", "[]", "", "{", "null",
                                          R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}})"}) {
        BOOST_TEST(!jose::parse_jws(signer.sign(R"({"alg":"ES256"})", claims)).has_value(), claims);
    }
    for (const std::string_view text :
         {"", ".", "..", "a.b", "a.b.c.d", "e30.e30.", "e30.e30.AA", " e30.e30.AA"}) {
        BOOST_TEST(!jose::parse_jws(text).has_value(), text);
    }
    BOOST_TEST(!jose::parse_jws(std::string(jose::jws_bytes_max + 1, 'A')).has_value());
}

BOOST_AUTO_TEST_CASE(typ_is_compared_without_its_application_prefix_and_case)
{
    const JoseSigner signer{"ES256"};
    const auto typ_of = [&](std::string_view typ) {
        const auto jws =
            jose::parse_jws(signer.sign(R"({"alg":"ES256","typ":")" + std::string{typ} + R"("})", "{}"));
        return jws.value().typ.value_or("");
    };
    BOOST_TEST(typ_of("JWT") == "jwt");
    BOOST_TEST(typ_of("application/AT+jwt") == "at+jwt");
    BOOST_TEST(!jose::parse_jws(signer.sign(R"({"alg":"ES256"})", "{}")).value().typ.has_value());
}

// X-18, ASVS 9.2.1.
BOOST_AUTO_TEST_CASE(numeric_dates_are_whole_seconds_in_this_age_of_the_world)
{
    const auto date_of = [](std::string_view text) {
        const auto claims = parse_json_object(R"({"exp":)" + std::string{text} + "}", {1024, 4}).value();
        return jose::find_numeric_date(claims, "exp");
    };
    BOOST_TEST((date_of("1700000000").value() == from_unix_s(1'700'000'000)));
    BOOST_TEST((date_of("1700000000.9").value() == from_unix_s(1'700'000'000)));
    for (const std::string_view text : {"-1", "\"1700000000\"", "null", "true", "1e300", "-1e300",
                                        "253402300800", "18446744073709551615", "[]"}) {
        BOOST_TEST(!date_of(text).has_value(), text);
    }
}

// JB-06.
BOOST_AUTO_TEST_CASE(private_symmetric_weak_and_foreign_keys_are_refused)
{
    using enum jose::JwkFault;
    const json::object ec = JoseSigner{"ES256"}.public_jwk();
    const auto with = [](json::object jwk, std::string_view name, const json::value& value) {
        jwk[name] = value;
        return jwk;
    };
    BOOST_TEST((fault_of(with(ec, "d", "AAAA")) == private_key));
    BOOST_TEST((fault_of({{"kty", "oct"}, {"k", "AAAA"}}) == symmetric));
    BOOST_TEST((fault_of(with(ec, "use", "enc")) == wrong_use));
    BOOST_TEST((fault_of(with(ec, "key_ops", json::array{"sign"})) == wrong_use));
    BOOST_TEST((fault_of(with(ec, "alg", "RS256")) == wrong_use));
    BOOST_TEST((fault_of(with(ec, "crv", "P-384")) == unsupported));
    BOOST_TEST((fault_of(with(ec, "y", ec.at("x"))) == not_on_curve));
    BOOST_TEST((fault_of(with(ec, "x", "AAAA")) == malformed));
    BOOST_TEST((fault_of(with(ec, "kid", 7)) == malformed));
    BOOST_TEST((fault_of(JoseSigner{"RS256", 1024}.public_jwk()) == weak));
    BOOST_TEST((fault_of(with(JoseSigner{"RS256"}.public_jwk(), "e", "Aw")) == weak));
}

BOOST_AUTO_TEST_CASE(a_set_needs_keys_and_no_kid_twice)
{
    const json::object key = JoseSigner{"ES256"}.public_jwk();
    const auto parse = [](const json::array& keys) {
        return jose::parse_jwk_set(json::serialize(json::object{{"keys", keys}}));
    };
    BOOST_TEST(parse({key}).has_value());
    BOOST_TEST((parse({}).error().fault == jose::JwkFault::empty));
    BOOST_TEST((parse({key, key}).error().fault == jose::JwkFault::duplicate_kid));
    BOOST_TEST(
        (parse(json::array(jose::jwk_set_keys_max + 1, key)).error().fault == jose::JwkFault::too_many));
    BOOST_TEST(!jose::parse_jwk_set("{}").has_value());
    BOOST_TEST(!jose::parse_jwk_set(std::string(jose::jwk_set_bytes_max + 1, ' ')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
