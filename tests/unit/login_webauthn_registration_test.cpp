// Registering passkeys (WebAuthn Level 2 §7.1): what an honest authenticator makes is taken, and each guard has a test that fails
// without it.
#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>

#include "base/json.hpp"
#include "tests/unit/soft_authenticator.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;
using namespace tessera::test;
using Format = SoftAuthenticator::Format;

WebauthnExpectation expectation()
{
    return {{"login.example.com", "Example", {"https://login.example.com", "https://account.example.com"}},
            Bytes(challenge_bytes, 0x5A),
            UserVerification::required};
}

Result<RegisteredPasskey, WebauthnError> registered(const SoftAuthenticator& authenticator,
                                                    const WebauthnExpectation& expected = expectation())
{
    return verify_registration(expected, authenticator.create(Bytes(challenge_bytes, 0x5A)));
}

// "" when it was taken.
std::string_view fault(const Result<RegisteredPasskey, WebauthnError>& result)
{
    return result ? std::string_view{} : to_string(result.error().fault);
}

std::string detail(const Result<RegisteredPasskey, WebauthnError>& result)
{
    return result ? std::string{} : result.error().detail;
}

std::string pem_of(const EVP_PKEY* key)
{
    const BioPtr bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PUBKEY(bio.get(), key);
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

BOOST_AUTO_TEST_SUITE(login_webauthn_registration)

BOOST_AUTO_TEST_CASE(options_are_what_the_browser_parses)
{
    const CreationOptions options{.relying_party = expectation().relying_party,
                                  .challenge = Bytes(32, 0xFF),
                                  .user_handle = {1, 2, 3},
                                  .user_name = "ada@example.com",
                                  .user_display_name = "Ada \"the\" Countess",
                                  .exclude = {{{9, 9}, {"usb"}}, {{8}, {}}}};
    const auto json = parse_json_object(to_json(options), {.bytes_max = 10000, .depth_max = 5}).value();
    BOOST_TEST(json.at("rp").at("id").as_string() == "login.example.com");
    BOOST_TEST(json.at("user").at("id").as_string() == "AQID");
    BOOST_TEST(json.at("user").at("displayName").as_string() == "Ada \"the\" Countess");
    BOOST_TEST(json.at("challenge").as_string() == "__________________________________________8");
    BOOST_TEST(
        canonical_json(json.at("pubKeyCredParams"))
        == R"([{"alg":-7,"type":"public-key"},{"alg":-8,"type":"public-key"},{"alg":-257,"type":"public-key"}])");
    BOOST_TEST(
        canonical_json(json.at("excludeCredentials"))
        == R"([{"id":"CQk","transports":["usb"],"type":"public-key"},{"id":"CA","type":"public-key"}])");
    BOOST_TEST(canonical_json(json.at("authenticatorSelection"))
               == R"({"requireResidentKey":false,"residentKey":"preferred","userVerification":"required"})");
    BOOST_TEST(json.at("attestation").as_string() == "none");
    BOOST_TEST((make_webauthn_challenge().size() == challenge_bytes
                && make_webauthn_challenge() != make_webauthn_challenge()));
}

BOOST_AUTO_TEST_CASE(a_passkey_of_each_algorithm_is_taken_with_its_key)
{
    for (const CoseAlgorithm algorithm : cose_algorithms) {
        SoftAuthenticator authenticator{algorithm};
        authenticator.sign_count = 0x01020304;
        authenticator.aaguid[0] = 0xAB;
        const auto passkey = registered(authenticator);
        BOOST_REQUIRE_MESSAGE(passkey.has_value(), to_string(algorithm) << ": " << fault(passkey));
        BOOST_TEST((passkey.value().algorithm == algorithm));
        BOOST_TEST((passkey.value().public_key == authenticator.key));
        BOOST_TEST(passkey.value().public_key_pem == pem_of(authenticator.evp()));
        BOOST_TEST((passkey.value().credential_id == authenticator.credential_id));
        BOOST_TEST(passkey.value().sign_count == 0x01020304U);
        BOOST_TEST(passkey.value().aaguid[0] == 0xAB);
        BOOST_TEST((passkey.value().user_verified && !passkey.value().backup_eligible
                    && !passkey.value().backed_up));
        BOOST_TEST((passkey.value().attestation == Attestation::none));
        BOOST_TEST((passkey.value().transports == std::vector<std::string>{"internal", "hybrid"}));
    }
}

BOOST_AUTO_TEST_CASE(the_json_of_the_browser_gives_the_same)
{
    const SoftAuthenticator authenticator;
    const auto made = authenticator.create(Bytes(challenge_bytes, 0x5A));
    const auto parsed = parse_registration_response(to_json(made));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST((parsed.value().client_data_json == made.client_data_json));
    BOOST_TEST((parsed.value().transports == made.transports));
    BOOST_TEST(fault(verify_registration(expectation(), parsed.value())) == "");
}

BOOST_AUTO_TEST_CASE(another_challenge_is_refused)
{
    const SoftAuthenticator authenticator;
    for (const Bytes& challenge : {Bytes(challenge_bytes, 0x5B), Bytes(31, 0x5A), Bytes(33, 0x5A), Bytes{}}) {
        BOOST_TEST(fault(verify_registration(expectation(), authenticator.create(challenge)))
                   == "wrong_challenge");
    }
    // One bit, and a ceremony that never had a challenge.
    Bytes other(challenge_bytes, 0x5A);
    other.back() ^= 1;
    BOOST_TEST(fault(verify_registration(expectation(), authenticator.create(other))) == "wrong_challenge");
    auto none = expectation();
    none.challenge.clear();
    BOOST_TEST(fault(verify_registration(none, authenticator.create({}))) == "wrong_challenge");
}

BOOST_AUTO_TEST_CASE(an_assertion_is_no_registration)
{
    SoftAuthenticator authenticator;
    authenticator.create_type = "webauthn.get";
    BOOST_TEST(fault(registered(authenticator)) == "wrong_type");
    authenticator.create_type = "Webauthn.create";
    BOOST_TEST(fault(registered(authenticator)) == "wrong_type");
}

BOOST_AUTO_TEST_CASE(another_relying_party_is_refused)
{
    SoftAuthenticator authenticator;
    for (const std::string_view id :
         {"example.com", "LOGIN.example.com", "login.example.com.", "evil.example.com", ""}) {
        authenticator.relying_party_id = id;
        BOOST_TEST(fault(registered(authenticator)) == "wrong_relying_party", id);
    }
}

BOOST_AUTO_TEST_CASE(flags_decide_by_policy)
{
    SoftAuthenticator authenticator;
    authenticator.flags = SoftAuthenticator::verified;
    BOOST_TEST(fault(registered(authenticator)) == "user_not_present");
    authenticator.flags = SoftAuthenticator::present;
    BOOST_TEST(fault(registered(authenticator)) == "user_not_verified");
    auto expected = expectation();
    for (const UserVerification wanted : {UserVerification::preferred, UserVerification::discouraged}) {
        expected.user_verification = wanted;
        const auto passkey = registered(authenticator, expected);
        BOOST_REQUIRE(passkey.has_value());
        BOOST_TEST(!passkey.value().user_verified);
    }
}

BOOST_AUTO_TEST_CASE(backup_flags_are_told_and_must_make_sense)
{
    SoftAuthenticator authenticator;
    authenticator.flags |= SoftAuthenticator::backed_up;
    BOOST_TEST(fault(registered(authenticator)) == "backup_state");
    authenticator.flags |= SoftAuthenticator::backup_eligible;
    const auto passkey = registered(authenticator);
    BOOST_REQUIRE(passkey.has_value());
    BOOST_TEST((passkey.value().backup_eligible && passkey.value().backed_up));
}

BOOST_AUTO_TEST_CASE(only_the_algorithms_offered_are_taken)
{
    SoftAuthenticator authenticator;
    const auto with = [&](Bytes key) {
        authenticator.key = std::move(key);
        return fault(registered(authenticator));
    };
    const Bytes x = cbor::bytes(Bytes(32, 1));
    const auto ec = [&](std::int64_t kty, std::int64_t alg, std::int64_t crv) {
        return cbor::map({cbor::number(1), cbor::number(kty), cbor::number(3), cbor::number(alg),
                          cbor::number(-1), cbor::number(crv), cbor::number(-2), x, cbor::number(-3), x});
    };
    BOOST_TEST(with(ec(2, -35, 2)) == "unsupported_algorithm");  // ES384
    BOOST_TEST(with(ec(2, -7, 2)) == "unsupported_algorithm");   // ES256 with P-384
    BOOST_TEST(with(ec(1, -7, 1)) == "unsupported_algorithm");   // ES256 with OKP
    BOOST_TEST(with(ec(2, -8, 1)) == "unsupported_algorithm");   // EdDSA with EC2
    BOOST_TEST(with(ec(2, -37, 1)) == "unsupported_algorithm");  // PS256
    BOOST_TEST(with(ec(2, 0, 1)) == "unsupported_algorithm");
    BOOST_TEST(with(cbor::map({})) == "unsupported_algorithm");
    BOOST_TEST(with(ec(2, -7, 1)) == "unacceptable_key");  // (1, 1) is not on P-256
    BOOST_TEST(with(cbor::map({cbor::number(1), cbor::number(2), cbor::number(1), cbor::number(2)}))
               == "malformed");
    BOOST_TEST(with(cbor::array({})) == "malformed");
}

BOOST_AUTO_TEST_CASE(weak_and_unusual_rsa_keys_are_refused)
{
    SoftAuthenticator authenticator{CoseAlgorithm::rs256};
    const auto with = [&](Bytes n, Bytes e) {
        authenticator.key = cbor::map({cbor::number(1), cbor::number(3), cbor::number(3), cbor::number(-257),
                                       cbor::number(-1), cbor::bytes(n), cbor::number(-2), cbor::bytes(e)});
        return fault(registered(authenticator));
    };
    Bytes n(256, 0xFF);
    const Bytes e{1, 0, 1};
    BOOST_TEST(with(n, e) == "");
    BOOST_TEST(with(Bytes(128, 0xFF), e) == "unacceptable_key");
    BOOST_TEST(with(n, {3}) == "unacceptable_key");
    BOOST_TEST(with(n, {1, 0, 0}) == "unacceptable_key");
    n[255] = 0xFE;
    BOOST_TEST(with(n, e) == "unacceptable_key");
    n[255] = 0xFF;
    n[0] = 0x7F;
    BOOST_TEST(with(n, e) == "unacceptable_key");
}

BOOST_AUTO_TEST_CASE(attestations_are_verified_where_we_know_how_and_kept_where_not)
{
    for (const CoseAlgorithm algorithm : cose_algorithms) {
        SoftAuthenticator authenticator{algorithm};
        for (const auto& [format, expected] : {std::pair{Format::packed_self, Attestation::self},
                                               {Format::packed_basic, Attestation::basic},
                                               {Format::unknown, Attestation::unverified}}) {
            authenticator.format = format;
            const auto passkey = registered(authenticator);
            BOOST_REQUIRE_MESSAGE(passkey.has_value(), to_string(algorithm) << ' ' << to_string(expected)
                                                                            << ": " << detail(passkey));
            BOOST_TEST((passkey.value().attestation == expected));
        }
    }
    SoftAuthenticator authenticator;
    authenticator.format = Format::fido_u2f;
    const auto passkey = registered(authenticator);
    BOOST_REQUIRE_MESSAGE(passkey.has_value(), detail(passkey));
    BOOST_TEST((passkey.value().attestation == Attestation::basic));
    BOOST_TEST(passkey.value().attestation_format == "fido-u2f");
    BOOST_TEST((passkey.value().attestation_object
                == authenticator.create(Bytes(challenge_bytes, 0x5A)).attestation_object)
               == false);  // ECDSA is random: another signature each time
}

BOOST_AUTO_TEST_CASE(a_statement_that_does_not_verify_is_refused)
{
    for (const Format format : {Format::packed_self, Format::packed_basic, Format::fido_u2f}) {
        SoftAuthenticator authenticator;
        authenticator.format = format;
        auto response = authenticator.create(Bytes(challenge_bytes, 0x5A));
        response.client_data_json += ' ';  // another hash
        BOOST_TEST(fault(verify_registration(expectation(), response)) == "invalid_attestation");
    }
    const Bytes data = SoftAuthenticator{}.authenticator_data(true);
    const auto with = [&](std::string_view format, Bytes statement) {
        SoftAuthenticator authenticator;
        auto response = authenticator.create(Bytes(challenge_bytes, 0x5A));
        response.attestation_object =
            cbor::map({cbor::text("fmt"), cbor::text(format), cbor::text("attStmt"), std::move(statement),
                       cbor::text("authData"), cbor::bytes(data)});
        return fault(verify_registration(expectation(), response));
    };
    BOOST_TEST(with("none", cbor::map({})) == "");
    BOOST_TEST(with("none", cbor::map({cbor::text("sig"), cbor::bytes({})})) == "malformed");
    BOOST_TEST(with("none", cbor::array({})) == "malformed");
    BOOST_TEST(with("packed", cbor::map({})) == "invalid_attestation");
    BOOST_TEST(with("packed", cbor::map({cbor::text("alg"), cbor::number(-7), cbor::text("sig"),
                                         cbor::bytes(Bytes(70, 0))}))
               == "invalid_attestation");
    BOOST_TEST(with("packed", cbor::map({cbor::text("alg"), cbor::number(-7), cbor::text("sig"),
                                         cbor::bytes(Bytes(70, 0)), cbor::text("x5c"),
                                         cbor::array({cbor::bytes(Bytes(100, 0x30))})}))
               == "invalid_attestation");
    BOOST_TEST(with(std::string(33, 'x'), cbor::map({})) == "malformed");
}

BOOST_AUTO_TEST_CASE(the_id_of_the_response_is_the_attested_one)
{
    const SoftAuthenticator authenticator;
    auto response = authenticator.create(Bytes(challenge_bytes, 0x5A));
    response.credential_id.back() ^= 1;
    BOOST_TEST(fault(verify_registration(expectation(), response)) == "unknown_credential");
}

BOOST_AUTO_TEST_CASE(authenticator_data_without_a_whole_credential_is_refused)
{
    SoftAuthenticator authenticator;
    const auto with = [&](Bytes data) {
        auto response = authenticator.create(Bytes(challenge_bytes, 0x5A));
        response.attestation_object = cbor::map({cbor::text("fmt"), cbor::text("none"), cbor::text("attStmt"),
                                                 cbor::map({}), cbor::text("authData"), cbor::bytes(data)});
        return fault(verify_registration(expectation(), response));
    };
    const Bytes good = authenticator.authenticator_data(true);
    BOOST_TEST(with(good) == "");
    BOOST_TEST(with(authenticator.authenticator_data(false)) == "malformed");
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        BOOST_TEST(with(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut))) == "malformed",
                   cut);
    }
}

BOOST_AUTO_TEST_CASE(ids_have_1_to_1023_bytes)
{
    SoftAuthenticator authenticator;
    for (const auto& [bytes, expected] :
         {std::pair{1, ""}, {1023, ""}, {1024, "too_large"}, {0, "malformed"}}) {
        authenticator.credential_id = Bytes(static_cast<std::size_t>(bytes), 7);
        BOOST_TEST(fault(registered(authenticator)) == expected, bytes);
    }
}

BOOST_AUTO_TEST_CASE(extensions_nobody_asked_for_are_ignored)
{
    const auto truth = cbor::yes();
    for (const Format format : {Format::none, Format::packed_self, Format::packed_basic}) {
        SoftAuthenticator authenticator;
        authenticator.format = format;
        for (const Bytes& extensions :
             {cbor::map({}), cbor::map({cbor::text("credProtect"), cbor::number(2)}),
              cbor::map({cbor::text("hmac-secret"), truth}), cbor::map({cbor::text("credBlob"), truth}),
              cbor::map({cbor::text("minPinLength"), cbor::number(4)}),
              cbor::map({cbor::text("uvm"), cbor::array({cbor::array({cbor::number(2), cbor::number(4)})})}),
              cbor::map({cbor::text("xyz"), cbor::map({cbor::text("a"), truth}), cbor::text("credProtect"),
                         cbor::number(3), cbor::text("hmac-secret"), truth})}) {
            authenticator.extensions = extensions;
            const auto passkey = registered(authenticator);
            BOOST_TEST(fault(passkey) == "", hex_encode(extensions) << (passkey ? "" : detail(passkey)));
        }
        authenticator.extensions = cbor::array({});
        BOOST_TEST(fault(registered(authenticator)) == "malformed");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
