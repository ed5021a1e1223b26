// Keys on a token: made, used, found, destroyed.

#include <boost/test/unit_test.hpp>

#include "keyd/pkcs11/public_key.hpp"
#include "tests/keyd/soft_token.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

using testing::SoftToken;
using testing::soon;

struct OneToken {
    SoftToken soft;
    std::unique_ptr<Module> module = Module::load(soft.module_options()).value();
    Token& token = module->add_token(soft.token_options());

    KeyRef make(const std::string& id, Algorithm algorithm)
    {
        return {id, algorithm, token.generate_key_pair(id, algorithm, 2048, soon()).value()};
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pkcs11_keys)

BOOST_FIXTURE_TEST_CASE(a_token_with_its_pin_is_operational, OneToken)
{
    const TokenHealth health = token.health();
    BOOST_TEST(to_string(health.state) == "operational");
    BOOST_TEST(health.reason == "");
    BOOST_TEST(!token.serial().empty());
}

BOOST_AUTO_TEST_CASE(each_algorithm_signs_what_openssl_verifies)
{
    OneToken fixture;
    for (const Algorithm algorithm : all_algorithms) {
        BOOST_TEST_CONTEXT(to_string(algorithm))
        {
            const KeyRef key = fixture.make("k-" + std::string{to_string(algorithm)}, algorithm);
            const auto signature = fixture.token.sign(key, as_bytes("header.payload"), soon());
            BOOST_TEST_REQUIRE(signature.has_value());
            const EvpKeyPtr public_key = parse_spki(algorithm, key.spki_der);
            BOOST_TEST_REQUIRE(public_key.get() != nullptr);
            BOOST_TEST(verifies(public_key.get(), algorithm, as_bytes("header.payload"), signature.value()));
            BOOST_TEST(!verifies(public_key.get(), algorithm, as_bytes("header.payloae"), signature.value()));
            BOOST_TEST(signature.value().size() == (is_rsa(algorithm) ? 256U : 64U));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(rsa_keys_have_the_size_asked_for_and_no_other_is_made, OneToken)
{
    const auto spki = token.generate_key_pair("big", Algorithm::rs256, 3072, soon());
    BOOST_TEST_REQUIRE(spki.has_value());
    BOOST_TEST(EVP_PKEY_get_bits(parse_spki(Algorithm::rs256, spki.value()).get()) == 3072);
    const auto small = token.generate_key_pair("small", Algorithm::rs256, 1024, soon());
    BOOST_TEST(to_string(small.error().fault) == "refused");
}

BOOST_FIXTURE_TEST_CASE(a_pair_is_found_by_its_id_until_it_is_destroyed, OneToken)
{
    const KeyRef key = make("here", Algorithm::es256);
    BOOST_TEST((token.find_key_pair("here", Algorithm::es256, soon()).value() == key.spki_der));
    BOOST_TEST(token.list_objects(soon()).value().size() == 2U);
    BOOST_TEST(token.destroy("here", soon()).has_value());
    BOOST_TEST(!token.find_key_pair("here", Algorithm::es256, soon()).value().has_value());
    BOOST_TEST(token.destroy("here", soon()).has_value());
    BOOST_TEST(to_string(token.sign(key, as_bytes("x"), soon()).error().fault) == "missing key");
}

BOOST_FIXTURE_TEST_CASE(an_id_in_use_is_refused_and_its_key_stays, OneToken)
{
    const KeyRef key = make("twice", Algorithm::es256);
    BOOST_TEST(to_string(token.generate_key_pair("twice", Algorithm::es256, 0, soon()).error().fault)
               == "refused");
    BOOST_TEST(token.sign(key, as_bytes("x"), soon()).has_value());
}

BOOST_FIXTURE_TEST_CASE(ids_that_some_module_would_change_are_refused, OneToken)
{
    const std::string long_id(65, 'a');
    for (const std::string& id :
         {std::string{}, std::string{"-dash-first"}, std::string{"spa ce"}, long_id}) {
        BOOST_TEST(to_string(token.generate_key_pair(id, Algorithm::es256, 0, soon()).error().fault)
                   == "refused");
    }
}

BOOST_FIXTURE_TEST_CASE(what_was_encrypted_opens_only_unchanged_and_with_its_associated_data, OneToken)
{
    BOOST_TEST_REQUIRE(token.generate_wrapping_key("wrap", soon()).has_value());
    const auto sealed = token.encrypt("wrap", as_bytes("secret"), as_bytes("project 1"), soon()).value();
    const auto opened = token.decrypt("wrap", sealed, as_bytes("project 1"), soon());
    BOOST_TEST_REQUIRE(opened.has_value());
    BOOST_TEST(as_text(opened.value().reveal(RevealTag{"test"})) == "secret");
    BOOST_TEST(to_string(token.decrypt("wrap", sealed, as_bytes("project 2"), soon()).error().fault)
               == "unauthentic");
    for (std::size_t index = 0; index < sealed.size(); ++index) {
        Bytes changed = sealed;
        changed[index] ^= 1;
        BOOST_TEST(to_string(token.decrypt("wrap", changed, as_bytes("project 1"), soon()).error().fault)
                   == "unauthentic");
    }
    BOOST_TEST(to_string(token.decrypt("wrap", Bytes(27), as_bytes(""), soon()).error().fault)
               == "unauthentic");
    BOOST_TEST(token.health().recoveries == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_mac_holds_for_its_message_and_its_key_only, OneToken)
{
    BOOST_TEST_REQUIRE(token.generate_mac_key("mac-1", soon()).has_value());
    BOOST_TEST_REQUIRE(token.generate_mac_key("mac-2", soon()).has_value());
    const auto tag = token.mac("mac-1", as_bytes("row"), soon()).value();
    BOOST_TEST(token.check_mac("mac-1", as_bytes("row"), tag, soon()).value());
    BOOST_TEST(!token.check_mac("mac-1", as_bytes("rox"), tag, soon()).value());
    BOOST_TEST(!token.check_mac("mac-2", as_bytes("row"), tag, soon()).value());
    BOOST_TEST(token.has_secret_key("mac-1", soon()).value());
    BOOST_TEST(!token.has_secret_key("mac-3", soon()).value());
}

BOOST_FIXTURE_TEST_CASE(the_token_describes_itself, OneToken)
{
    const TokenInfo info = token.info(soon()).value();
    BOOST_TEST(info.label == soft.label());
    BOOST_TEST(info.manufacturer == "SoftHSM project");
    BOOST_TEST(std::ranges::count(info.mechanisms, "CKM_EDDSA") == 1);
    BOOST_TEST(info.can_generate_rsa);
    BOOST_TEST(!info.free_private_bytes.has_value());
}

BOOST_FIXTURE_TEST_CASE(the_self_test_covers_every_mechanism_and_leaves_nothing, OneToken)
{
    const auto checks = token.self_test(soon());
    BOOST_TEST(checks.size() == all_algorithms.size() + 2);
    for (const SelfTestCheck& check : checks) {
        BOOST_TEST_CONTEXT(check.name) { BOOST_TEST(check.passed, check.detail); }
    }
    BOOST_TEST(token.list_objects(soon()).value().empty());
}

BOOST_AUTO_TEST_CASE(two_tokens_keep_their_keys_apart)
{
    SoftToken soft;
    soft.add_token("tenant", "tenant-pin");
    const auto module = Module::load(soft.module_options()).value();
    Token& main = module->add_token(soft.token_options());
    TokenOptions options;
    options.label = "tenant";
    options.pin = [] { return SecretBytes{as_bytes("tenant-pin")}; };
    Token& tenant = module->add_token(options);
    BOOST_TEST(main.serial() != tenant.serial());
    const KeyRef key{"mine", Algorithm::es256,
                     main.generate_key_pair("mine", Algorithm::es256, 0, soon()).value()};
    BOOST_TEST(main.sign(key, as_bytes("x"), soon()).has_value());
    BOOST_TEST(to_string(tenant.sign(key, as_bytes("x"), soon()).error().fault) == "missing key");
}

BOOST_FIXTURE_TEST_CASE(threads_sign_beside_a_thread_that_generates_and_destroys, OneToken)
{
    const KeyRef key = make("hot", Algorithm::es256);
    std::atomic<bool> stop{false};
    std::atomic<unsigned> failures{0};
    std::atomic<unsigned> signatures{0};
    std::vector<std::thread> signers;
    for (int index = 0; index < 6; ++index) {  // more threads than sessions
        signers.emplace_back([&] {
            while (!stop) {
                failures += token.sign(key, as_bytes("x"), soon()).has_error() ? 1 : 0;
                ++signatures;
            }
        });
    }
    for (int index = 0; index < 20; ++index) {
        const std::string id = "made-" + std::to_string(index);
        BOOST_TEST(token.generate_key_pair(id, Algorithm::es256, 0, soon()).has_value());
        BOOST_TEST(token.find_key_pair(id, Algorithm::es256, soon()).has_value());
        BOOST_TEST(token.destroy(id, soon()).has_value());
    }
    stop = true;
    for (std::thread& signer : signers) {
        signer.join();
    }
    BOOST_TEST(failures == 0U);
    BOOST_TEST(signatures > 0U);
    BOOST_TEST(token.health().recoveries == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::pkcs11
