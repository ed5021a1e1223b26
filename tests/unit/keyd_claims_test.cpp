// Every refusal of SignJwt's claims. Each case starts from claims that pass and changes one thing, so that the guard named by the
// code is the only one that can refuse it.
#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include "base/limits.hpp"
#include "keyd/keyring/claims.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

const Instant now = from_unix_s(1'800'000'000);
constexpr Seconds cap{600};

std::string claims(std::string_view members) { return fmt::format("{{{}}}", members); }

std::string good(std::string_view more = "")
{
    return claims(fmt::format(R"("iss":"https://id.example/realms/a","iat":1800000000,"exp":1800000300{}{})",
                              more.empty() ? "" : ",", more));
}

v1::ErrorCode code_of(std::string_view text)
{
    const auto checked = check_claims("at+jwt", text, cap, now);
    return checked.has_error() ? checked.error().code : v1::ERROR_UNSPECIFIED;
}

std::string dated(std::int64_t iat, std::int64_t exp)
{
    return claims(fmt::format(R"("iss":"https://id.example/realms/a","iat":{},"exp":{})", iat, exp));
}

BOOST_AUTO_TEST_SUITE(keyd_claims)

BOOST_AUTO_TEST_CASE(good_claims_pass_and_give_their_issuer)
{
    const auto checked = check_claims(
        "at+jwt", good(R"("sub":"client_1","aud":["https://api.example","b"],"jti":"x","nbf":1800000000)"),
        cap, now);
    BOOST_REQUIRE(checked.has_value());
    BOOST_TEST(checked.value() == "https://id.example/realms/a");
}

BOOST_AUTO_TEST_CASE(what_is_not_one_json_object_is_malformed)
{
    for (const char* text : {"", "[]", "null", "{", "{}x", "{\"a\":\"\xff\"}", "{\"a\":01}", "{\"a\":1,}"}) {
        BOOST_TEST(code_of(text) == v1::CLAIMS_MALFORMED, text);
    }
    BOOST_TEST(code_of(good() + " ") == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(code_of(good() + "{}") == v1::CLAIMS_MALFORMED);
}

BOOST_AUTO_TEST_CASE(registered_claims_have_their_types)
{
    for (const char* member :
         {R"("sub":1)", R"("sub":"")", R"("sub":null)", R"("aud":1)", R"("aud":[])", R"("aud":[1])",
          R"("aud":"")", R"("aud":["a",""])", R"("jti":7)", R"("nbf":"1")", R"("nbf":1.5)"}) {
        BOOST_TEST(code_of(good(member)) == v1::CLAIMS_MALFORMED, member);
    }
    BOOST_TEST(code_of(claims(R"("iss":7,"iat":1800000000,"exp":1800000300)")) == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":"1800000000","exp":1800000300)")) == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":1800000000,"exp":1800000300.0)")) == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":1800000000,"exp":18e8)")) == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":-1,"exp":1800000300)")) == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":1800000000,"exp":9223372036854775807)"))
               == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":1800000000,"exp":18446744073709551615)"))
               == v1::CLAIMS_MALFORMED);
}

BOOST_AUTO_TEST_CASE(a_member_that_occurs_twice_is_refused_at_any_depth)
{
    BOOST_TEST(code_of(good(R"("iss":"https://id.example/realms/a")")) == v1::CLAIMS_DUPLICATE_MEMBER);
    BOOST_TEST(code_of(good(R"("i\u0073s":"https://id.example/realms/b")")) == v1::CLAIMS_DUPLICATE_MEMBER);
    BOOST_TEST(code_of(good(R"("act":{"sub":"a","sub":"b"})")) == v1::CLAIMS_DUPLICATE_MEMBER);
}

BOOST_AUTO_TEST_CASE(size_has_an_edge)
{
    const std::size_t room = limits::jwt_claims_bytes_max - good(R"("x":"")").size();
    BOOST_TEST(code_of(good(fmt::format(R"("x":"{}")", std::string(room, 'a')))) == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(code_of(good(fmt::format(R"("x":"{}")", std::string(room + 1, 'a')))) == v1::CLAIMS_TOO_LARGE);
}

BOOST_AUTO_TEST_CASE(depth_has_an_edge)
{
    const auto nested = [](std::size_t levels) {
        return good(fmt::format(R"("x":{}{})", std::string(levels, '['), std::string(levels, ']')));
    };
    BOOST_TEST(code_of(nested(limits::jwt_claims_depth_max - 1)) == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(code_of(nested(limits::jwt_claims_depth_max)) == v1::CLAIMS_TOO_DEEP);
}

BOOST_AUTO_TEST_CASE(iss_is_required)
{
    BOOST_TEST(code_of(claims(R"("iat":1800000000,"exp":1800000300)")) == v1::ISSUER_FOREIGN);
}

BOOST_AUTO_TEST_CASE(exp_and_iat_are_required)
{
    BOOST_TEST(code_of(claims(R"("iss":"a","iat":1800000000)")) == v1::LIFETIME_MISSING);
    BOOST_TEST(code_of(claims(R"("iss":"a","exp":1800000300)")) == v1::LIFETIME_MISSING);
}

BOOST_AUTO_TEST_CASE(exp_is_after_iat_and_nbf)
{
    BOOST_TEST(code_of(dated(1'800'000'000, 1'800'000'001)) == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(code_of(dated(1'800'000'000, 1'800'000'000)) == v1::LIFETIME_NEGATIVE);
    BOOST_TEST(code_of(dated(1'800'000'000, 1'799'999'999)) == v1::LIFETIME_NEGATIVE);
    BOOST_TEST(code_of(good(R"("nbf":1800000300)")) == v1::LIFETIME_NEGATIVE);
}

BOOST_AUTO_TEST_CASE(lifetime_has_a_cap)
{
    BOOST_TEST(code_of(dated(1'800'000'000, 1'800'000'600)) == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(code_of(dated(1'800'000'000, 1'800'000'601)) == v1::LIFETIME_TOO_LONG);
    BOOST_TEST(code_of(dated(1'800'000'000, 253'402'300'799)) == v1::LIFETIME_TOO_LONG);
}

BOOST_AUTO_TEST_CASE(iat_is_near_keyds_clock_on_both_sides)
{
    const std::int64_t skew = limits::clock_skew.count();
    for (const std::int64_t off : {-skew, skew}) {
        BOOST_TEST(code_of(dated(1'800'000'000 + off, 1'800'000'300 + off)) == v1::ERROR_UNSPECIFIED, off);
    }
    for (const std::int64_t off : {-skew - 1, skew + 1, std::int64_t{-86400}, std::int64_t{86400}}) {
        BOOST_TEST(code_of(dated(1'800'000'000 + off, 1'800'000'300 + off)) == v1::ISSUED_AT_SKEWED, off);
    }
}

BOOST_AUTO_TEST_CASE(a_second_spelling_of_a_claim_that_decides_is_refused)
{
    for (const char* member : {R"("EXP":4102444800)", R"("Iss":"https://other")",
                               "\"i\xc5\xbfs\":\"https://other\"", R"("aUd":"x")", R"("Client_Id":"x")"}) {
        BOOST_TEST(code_of(good(member)) == v1::CLAIMS_MALFORMED, member);
    }
    BOOST_TEST(code_of(good(R"("https://example.com/EXP":1)")) == v1::ERROR_UNSPECIFIED);
}

BOOST_AUTO_TEST_CASE(an_introspection_answer_has_neither_exp_nor_sub)
{
    const auto code = [](std::string_view members) {
        const auto checked = check_claims("token-introspection+jwt", claims(members), cap, now);
        return checked.has_error() ? checked.error().code : v1::ERROR_UNSPECIFIED;
    };
    BOOST_TEST(code(R"("iss":"https://id.example/realms/a","iat":1800000000)") == v1::ERROR_UNSPECIFIED);
    BOOST_TEST(code(R"("iss":"https://id.example/realms/a","iat":1800000000,"exp":1800000300)")
               == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code(R"("iss":"https://id.example/realms/a","iat":1800000000,"sub":"x")")
               == v1::CLAIMS_MALFORMED);
    BOOST_TEST(code(R"("iss":"https://id.example/realms/a")") == v1::LIFETIME_MISSING);
    BOOST_TEST(code(R"("iss":"https://id.example/realms/a","iat":1700000000)") == v1::ISSUED_AT_SKEWED);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
