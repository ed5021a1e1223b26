// Signing in with passkeys (WebAuthn Level 2 §7.2): each guard has a test that fails without it.
#include <boost/test/unit_test.hpp>

#include "base/json.hpp"
#include "tests/unit/soft_authenticator.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;
using namespace tessera::test;

const Bytes challenge(challenge_bytes, 0x5A);

WebauthnExpectation expectation()
{
    return {{"login.example.com", "Example", {"https://login.example.com"}},
            challenge,
            UserVerification::required};
}

StoredPasskey stored(const SoftAuthenticator& authenticator)
{
    return {authenticator.credential_id, authenticator.key, authenticator.user_handle, 0,
            (authenticator.flags & SoftAuthenticator::backup_eligible) != 0};
}

std::string_view fault(const Result<AssertedPasskey, WebauthnError>& result)
{
    return result ? std::string_view{} : to_string(result.error().fault);
}

std::string_view asserted(const SoftAuthenticator& authenticator,
                          const WebauthnExpectation& expected = expectation())
{
    return fault(verify_assertion(expected, Discovery::discoverable, stored(authenticator),
                                  authenticator.get(challenge)));
}

BOOST_AUTO_TEST_SUITE(login_webauthn_assertion)

BOOST_AUTO_TEST_CASE(options_are_what_the_browser_parses)
{
    const auto json =
        parse_json_object(to_json(RequestOptions{.relying_party_id = "login.example.com",
                                                 .challenge = challenge,
                                                 .allow = {{{1}, {}}},
                                                 .user_verification = UserVerification::preferred}),
                          {.bytes_max = 10000, .depth_max = 5});
    BOOST_TEST(canonical_json(json.value())
               == R"({"allowCredentials":[{"id":"AQ","type":"public-key"}],"challenge":")"
                      + base64url_encode(challenge)
                      + R"(","rpId":"login.example.com","timeout":300000,"userVerification":"preferred"})");
    // The list has a limit, so that nobody's page grows with what somebody registered.
    RequestOptions many{.relying_party_id = "x",
                        .challenge = challenge,
                        .allow = std::vector(1000, CredentialDescriptor{{1}, {}})};
    const auto bounded = parse_json_object(to_json(many), {.bytes_max = 100'000, .depth_max = 5});
    BOOST_TEST(bounded.value().at("allowCredentials").as_array().size() == credentials_listed_max);
}

BOOST_AUTO_TEST_CASE(a_passkey_of_each_algorithm_signs_in)
{
    for (const CoseAlgorithm algorithm : cose_algorithms) {
        SoftAuthenticator authenticator{algorithm};
        authenticator.sign_count = 7;
        const auto parsed = parse_assertion_response(to_json(authenticator.get(challenge)));
        BOOST_REQUIRE(parsed.has_value());
        const auto result =
            verify_assertion(expectation(), Discovery::discoverable, stored(authenticator), parsed.value());
        BOOST_REQUIRE_MESSAGE(result.has_value(), to_string(algorithm) << ": " << fault(result));
        BOOST_TEST(result.value().sign_count == 7U);
        BOOST_TEST((result.value().user_verified && !result.value().backed_up));
    }
}

BOOST_AUTO_TEST_CASE(every_bit_of_the_signed_is_signed)
{
    for (const CoseAlgorithm algorithm : cose_algorithms) {
        const SoftAuthenticator authenticator{algorithm};
        const auto good = authenticator.get(challenge);
        const auto refused = [&](const AssertionResponse& response) {
            return !verify_assertion(expectation(), Discovery::discoverable, stored(authenticator), response);
        };
        for (std::size_t i = 0; i < good.signature.size(); i += 3) {
            auto bad = good;
            bad.signature[i] ^= 1;
            BOOST_TEST(refused(bad), i);
        }
        for (std::size_t i = 0; i < good.authenticator_data.size(); ++i) {
            auto bad = good;
            bad.authenticator_data[i] ^= 2;
            BOOST_TEST(refused(bad), i);
        }
        auto bad = good;
        bad.client_data_json.insert(1, " ");
        BOOST_TEST(fault(verify_assertion(expectation(), Discovery::discoverable, stored(authenticator), bad))
                   == "bad_signature");
        bad = good;
        bad.signature.clear();
        BOOST_TEST(refused(bad));
        bad.signature = Bytes(signature_bytes_max + 1, 1);
        BOOST_TEST(fault(verify_assertion(expectation(), Discovery::discoverable, stored(authenticator), bad))
                   == "too_large");
    }
}

BOOST_AUTO_TEST_CASE(the_signature_of_another_passkey_is_refused)
{
    for (const CoseAlgorithm algorithm : cose_algorithms) {
        const SoftAuthenticator other{algorithm};
        auto theirs = stored(SoftAuthenticator{});
        BOOST_TEST(
            fault(verify_assertion(expectation(), Discovery::discoverable, theirs, other.get(challenge)))
            == "bad_signature");
    }
}

BOOST_AUTO_TEST_CASE(the_ceremony_must_be_this_one)
{
    SoftAuthenticator authenticator;
    authenticator.get_type = "webauthn.create";
    BOOST_TEST(asserted(authenticator) == "wrong_type");
    authenticator.get_type = "payment.get";
    BOOST_TEST(asserted(authenticator) == "wrong_type");
    authenticator = SoftAuthenticator{};
    auto expected = expectation();
    expected.challenge.back() ^= 1;
    BOOST_TEST(asserted(authenticator, expected) == "wrong_challenge");
    authenticator.relying_party_id = "example.com";
    BOOST_TEST(asserted(authenticator) == "wrong_relying_party");
}

BOOST_AUTO_TEST_CASE(presence_always_and_verification_by_policy)
{
    SoftAuthenticator authenticator;
    authenticator.flags = SoftAuthenticator::verified;
    BOOST_TEST(asserted(authenticator) == "user_not_present");
    authenticator.flags = SoftAuthenticator::present;
    BOOST_TEST(asserted(authenticator) == "user_not_verified");
    auto expected = expectation();
    expected.user_verification = UserVerification::preferred;
    BOOST_TEST(asserted(authenticator, expected) == "");
}

BOOST_AUTO_TEST_CASE(a_passkey_is_the_stored_one_and_its_users)
{
    SoftAuthenticator authenticator;
    const auto with = [&](Discovery discovery, std::optional<Bytes> handle, const StoredPasskey& passkey) {
        auto response = authenticator.get(challenge);
        response.user_handle = std::move(handle);
        return fault(verify_assertion(expectation(), discovery, passkey, response));
    };
    const StoredPasskey mine = stored(authenticator);
    BOOST_TEST(with(Discovery::known_user, std::nullopt, mine) == "");
    BOOST_TEST(with(Discovery::known_user, mine.user_handle, mine) == "");
    BOOST_TEST(with(Discovery::discoverable, mine.user_handle, mine) == "");
    BOOST_TEST(with(Discovery::discoverable, std::nullopt, mine) == "wrong_user");
    for (const Discovery discovery : {Discovery::known_user, Discovery::discoverable}) {
        BOOST_TEST(with(discovery, Bytes{0xA, 0xB, 0xD}, mine) == "wrong_user");
        BOOST_TEST(with(discovery, Bytes{0xA, 0xB}, mine) == "wrong_user");
    }
    StoredPasskey other = mine;
    other.credential_id.push_back(0);
    BOOST_TEST(with(Discovery::known_user, mine.user_handle, other) == "unknown_credential");
}

BOOST_AUTO_TEST_CASE(a_counter_that_does_not_grow_is_a_clone)
{
    SoftAuthenticator authenticator;
    struct Row {
        std::uint32_t before;
        std::uint32_t now;
        std::string_view expected;
    };
    for (const Row& row : {Row{0, 0, ""},
                           {0, 1, ""},
                           {1, 2, ""},
                           {5, 4000000000, ""},
                           {1, 1, "cloned"},
                           {2, 1, "cloned"},
                           {5, 0, "cloned"},
                           {0xFFFFFFFF, 0, "cloned"}}) {
        authenticator.sign_count = row.now;
        auto passkey = stored(authenticator);
        passkey.sign_count = row.before;
        const auto result =
            verify_assertion(expectation(), Discovery::discoverable, passkey, authenticator.get(challenge));
        BOOST_TEST(fault(result) == row.expected, row.before << " then " << row.now);
    }
    // Only somebody with the key can raise that alarm.
    auto passkey = stored(authenticator);
    passkey.sign_count = 10;
    auto forged = authenticator.get(challenge);
    forged.signature = SoftAuthenticator{}.sign(forged.authenticator_data);
    BOOST_TEST(fault(verify_assertion(expectation(), Discovery::discoverable, passkey, forged))
               == "bad_signature");
}

BOOST_AUTO_TEST_CASE(what_can_be_backed_up_is_settled_at_registration)
{
    SoftAuthenticator authenticator;
    authenticator.flags |= SoftAuthenticator::backup_eligible | SoftAuthenticator::backed_up;
    const auto synced = stored(authenticator);
    const auto result =
        verify_assertion(expectation(), Discovery::discoverable, synced, authenticator.get(challenge));
    BOOST_REQUIRE(result.has_value());
    BOOST_TEST(result.value().backed_up);
    auto single = synced;
    single.backup_eligible = false;
    BOOST_TEST(
        fault(verify_assertion(expectation(), Discovery::discoverable, single, authenticator.get(challenge)))
        == "backup_state");
    authenticator.flags =
        SoftAuthenticator::present | SoftAuthenticator::verified | SoftAuthenticator::backed_up;
    BOOST_TEST(asserted(authenticator) == "backup_state");
}

BOOST_AUTO_TEST_CASE(extensions_nobody_asked_for_are_ignored)
{
    SoftAuthenticator authenticator;
    for (const Bytes& extensions :
         {cbor::map({}), cbor::map({cbor::text("hmac-secret"), cbor::bytes(Bytes(32, 1))}),
          cbor::map({cbor::text("credBlob"), cbor::bytes({})}),
          cbor::map({cbor::text("uvm"), cbor::array({}), cbor::text("other"), cbor::yes()})}) {
        authenticator.extensions = extensions;
        BOOST_TEST(asserted(authenticator) == "", hex_encode(extensions));
    }
}

BOOST_AUTO_TEST_CASE(authenticator_data_is_just_what_its_flags_announce)
{
    const SoftAuthenticator authenticator;
    const auto with = [&](Bytes data) {
        return fault(verify_assertion(expectation(), Discovery::discoverable, stored(authenticator),
                                      authenticator.get(challenge, std::move(data))));
    };
    const Bytes good = authenticator.authenticator_data(false);
    BOOST_TEST(with(good) == "");
    BOOST_TEST(with(good + Bytes{0}) == "malformed");
    BOOST_TEST(with(authenticator.authenticator_data(true)) == "malformed");
    for (std::size_t cut = 0; cut < good.size(); ++cut) {
        BOOST_TEST(with(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut))) == "malformed");
    }
    Bytes announced = good;
    announced[32] |= 0x80;
    BOOST_TEST(with(announced) == "malformed");
    BOOST_TEST(with(announced + cbor::map({cbor::text("a"), cbor::yes()}) + Bytes{0}) == "malformed");
    BOOST_TEST(with(good + Bytes(authenticator_data_bytes_max, 0)) == "too_large");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
