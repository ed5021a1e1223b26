#include <boost/test/unit_test.hpp>

#include <openssl/core_names.h>

#include "base/openssl.hpp"
#include "keyd/keyring/directory.hpp"
#include "keyd/keyring/jwk.hpp"
#include "keyd/pkcs11/public_key.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

Bytes spki_of(EVP_PKEY* key)
{
    std::uint8_t* der = nullptr;
    const int length = i2d_PUBKEY(key, &der);
    BOOST_REQUIRE(length > 0);
    Bytes spki(der, der + length);
    OPENSSL_free(der);
    return spki;
}

BOOST_AUTO_TEST_SUITE(keyd_jwk)

// RFC 7638 §3.1, the example key and its thumbprint.
BOOST_AUTO_TEST_CASE(the_thumbprint_of_rfc_7638_is_reproduced)
{
    const json::object members{{"e", "AQAB"},
                               {"kty", "RSA"},
                               {"n", "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7a"
                                     "PFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM"
                                     "stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
                                     "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n9"
                                     "1CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
                                     "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}};
    BOOST_TEST(thumbprint(members) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

// RFC 8037 appendix A.3.
BOOST_AUTO_TEST_CASE(the_thumbprint_of_rfc_8037_is_reproduced)
{
    const auto raw = base64url_decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    BOOST_REQUIRE(raw);
    const EvpKeyPtr key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw->data(), raw->size())};
    const auto members = public_jwk(spki_of(key.get()));
    BOOST_REQUIRE(members);
    BOOST_TEST(thumbprint(*members) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

// One key in 128 has a coordinate with a leading zero byte (RFC 7518 §6.2.1.2): 379 and 43 times the base point.
BOOST_AUTO_TEST_CASE(coordinates_keep_their_full_width)
{
    const std::string zero_x = "005543894af3d00ed7d740abdbd75c96b06877b787db5f70eea78b90a8d7c00a";
    const std::string its_y = "bb4c85a3d8ea29efaafa24406912dd84d5b14dc32bf656ef6c6bd58a5d943f92";
    const std::string its_x = "986ae2506f1ff104d04230861d8f4b498f4bc4c6d009b30f7544dc129b82d28d";
    const std::string zero_y = "003cccc0a6460e0ae328a4d97d3c7b61d86fc6289c189f2525110c441bb07e97";
    for (const auto& [x, y] : {std::pair{zero_x, its_y}, std::pair{its_x, zero_y}}) {
        const Bytes point = hex_decode("04" + x + y).value();
        const auto members = public_jwk(pkcs11::spki_from_ec_point(pkcs11::Algorithm::es256, point).value());
        BOOST_REQUIRE(members);
        BOOST_TEST(std::string_view{members->at("x").get_string()}
                   == base64url_encode(hex_decode(x).value()));
        BOOST_TEST(std::string_view{members->at("y").get_string()}
                   == base64url_encode(hex_decode(y).value()));
    }
}

BOOST_AUTO_TEST_CASE(a_set_holds_public_members_only)
{
    const EvpKeyPtr key{EVP_RSA_gen(2048)};
    auto members = public_jwk(spki_of(key.get()));
    BOOST_REQUIRE(members);
    const std::string kid = thumbprint(*members);
    const json::object jwk = signature_jwk(*members, kid, v1::PS256);
    BOOST_TEST(jwk.size() == 6U);
    for (const char* name : {"kty", "n", "e", "kid", "use", "alg"}) {
        BOOST_TEST(jwk.contains(name), name);
    }
    BOOST_TEST(jwk.at("use").get_string() == "sig");
    BOOST_TEST(jwk.at("alg").get_string() == "PS256");
    BOOST_TEST(jwk_set({}) == R"({"keys":[]})");
}

BOOST_AUTO_TEST_CASE(other_curves_and_trailing_bytes_are_none_of_ours)
{
    const EvpKeyPtr p384{EVP_EC_gen("P-384")};
    BOOST_TEST(!public_jwk(spki_of(p384.get())));
    const EvpKeyPtr p256{EVP_EC_gen("P-256")};
    Bytes spki = spki_of(p256.get());
    BOOST_TEST(public_jwk(spki).has_value());
    spki.push_back(0);
    BOOST_TEST(!public_jwk(spki));
    BOOST_TEST(!public_jwk(Bytes{0x30, 0x00}));
}

BOOST_AUTO_TEST_CASE(keyd_builds_the_header)
{
    const std::string prefix = header_prefix(v1::ES256, "k-1", "at+jwt");
    BOOST_REQUIRE(prefix.ends_with('.'));
    const auto header = base64url_decode(std::string_view{prefix}.substr(0, prefix.size() - 1));
    BOOST_REQUIRE(header);
    BOOST_TEST(as_text(*header) == R"({"alg":"ES256","kid":"k-1","typ":"at+jwt"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
