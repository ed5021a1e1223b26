// What takes a token away in real life, and how it comes back without a restart of the process.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>

#include <boost/test/unit_test.hpp>
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include "keyd/pkcs11/public_key.hpp"
#include "tests/keyd/p11_kit_server.hpp"
#include "tests/keyd/soft_token.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

using testing::eventually;
using testing::P11KitServer;
using testing::SoftToken;
using testing::soon;

// Acts on the library behind keyd's back, as another part of the process or an operator's tool would.
CK_FUNCTION_LIST* softhsm()
{
    void* library = dlopen(testing::softhsm_path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const auto get = reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList"));
    CK_FUNCTION_LIST* functions = nullptr;
    BOOST_TEST_REQUIRE(get(&functions) == CKR_OK);
    return functions;
}

std::vector<CK_SLOT_ID> slots()
{
    std::vector<CK_SLOT_ID> found(16);
    CK_ULONG count = found.size();
    BOOST_TEST_REQUIRE(softhsm()->C_GetSlotList(CK_TRUE, found.data(), &count) == CKR_OK);
    found.resize(count);
    return found;
}

CK_SESSION_HANDLE foreign_session()
{
    for (const CK_SLOT_ID slot : slots()) {
        CK_TOKEN_INFO info{};
        if (softhsm()->C_GetTokenInfo(slot, &info) == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED) != 0) {
            CK_SESSION_HANDLE session = 0;
            BOOST_TEST_REQUIRE(softhsm()->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                                        nullptr, &session)
                               == CKR_OK);
            return session;
        }
    }
    BOOST_TEST_REQUIRE(false);
    return 0;
}

struct Recovering {
    SoftToken soft;
    std::unique_ptr<Module> module = Module::load(soft.module_options()).value();
    Token& token = module->add_token(soft.token_options());
    KeyRef key{"k", Algorithm::es256, token.generate_key_pair("k", Algorithm::es256, 0, soon()).value()};

    bool signs()
    {
        const auto signature = token.sign(key, as_bytes("input"), soon());
        return signature.has_value()
               && verifies(parse_spki(key.algorithm, key.spki_der).get(), key.algorithm, as_bytes("input"),
                           signature.value());
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pkcs11_recovery)

BOOST_FIXTURE_TEST_CASE(a_logout_by_somebody_else_costs_no_request, Recovering)
{
    BOOST_TEST(signs());
    const CK_SESSION_HANDLE other = foreign_session();
    BOOST_TEST(softhsm()->C_Logout(other) == CKR_OK);
    BOOST_TEST(signs());
    BOOST_TEST(module->incarnation() == 1U);  // healed at L2
}

BOOST_FIXTURE_TEST_CASE(sessions_closed_by_somebody_else_cost_no_request, Recovering)
{
    BOOST_TEST(signs());
    for (const CK_SLOT_ID slot : slots()) {
        (void)softhsm()->C_CloseAllSessions(slot);
    }
    BOOST_TEST(signs());
    BOOST_TEST(token.find_key_pair("k", Algorithm::es256, soon()).value().value() == key.spki_der);
}

BOOST_FIXTURE_TEST_CASE(a_library_finalised_by_somebody_else_costs_no_request, Recovering)
{
    BOOST_TEST(signs());
    BOOST_TEST(softhsm()->C_Finalize(nullptr) == CKR_OK);
    BOOST_TEST(signs());
    BOOST_TEST(module->incarnation() == 2U);
}

BOOST_FIXTURE_TEST_CASE(many_threads_survive_logouts_and_closed_sessions_without_a_failed_request, Recovering)
{
    std::atomic<bool> stop{false};
    std::array<std::atomic<unsigned>, 4> signatures{};
    std::mutex mutex;
    std::vector<std::string> failures;
    std::vector<std::thread> signers;
    for (std::atomic<unsigned>& mine : signatures) {
        signers.emplace_back([&] {
            while (!stop) {
                if (const auto made = token.sign(key, as_bytes("x"), soon()); made.has_error()) {
                    const std::lock_guard lock{mutex};
                    failures.push_back(made.error().function + " " + made.error().ckr_name + ": "
                                       + made.error().detail);
                }
                ++mine;
            }
        });
    }
    for (int round = 0; round < 10; ++round) {
        std::array<unsigned, 4> before{};
        std::ranges::copy(signatures, before.begin());
        (void)softhsm()->C_Logout(foreign_session());
        // Two by each thread: no request sees two logouts. SoftHSM fails altogether when the logout comes in the middle of a
        // call, and after such a recovery the next one waits.
        const Tick quiet = std::chrono::steady_clock::now() + Milliseconds{150};
        BOOST_TEST(eventually([&] {
            if (std::chrono::steady_clock::now() < quiet) {
                return false;
            }
            return std::ranges::equal(signatures, before,
                                      [](unsigned now, unsigned then) { return now >= then + 2; });
        }));
    }
    stop = true;
    for (std::thread& signer : signers) {
        signer.join();
    }
    BOOST_TEST(failures.size() == 0U, (failures.empty() ? "" : failures.front()));
}

BOOST_FIXTURE_TEST_CASE(a_token_directory_moved_away_and_back_is_found_again, Recovering)
{
    BOOST_TEST(signs());
    const auto away = soft.directory() / "away";
    std::filesystem::rename(soft.token_directory(), away);
    std::filesystem::create_directory(soft.token_directory());
    BOOST_TEST(eventually([&] { return !token.find_key_pair("k", Algorithm::es256, soon()).has_value(); }));
    BOOST_TEST(to_string(token.find_key_pair("k", Algorithm::es256, soon()).error().fault) == "unavailable");
    std::filesystem::remove(soft.token_directory());
    std::filesystem::rename(away, soft.token_directory());
    BOOST_TEST(eventually([&] { return signs(); }));
    BOOST_TEST((token.find_key_pair("k", Algorithm::es256, soon()).value() == key.spki_der));
}

BOOST_FIXTURE_TEST_CASE(another_token_of_the_same_label_is_not_taken_for_ours, Recovering)
{
    const std::string serial = token.serial();
    const auto away = soft.directory() / "away";
    std::filesystem::rename(soft.token_directory(), away);
    std::filesystem::create_directory(soft.token_directory());
    soft.add_token(soft.label(), soft.pin());
    // The library keeps the old token in memory; somebody makes it look again.
    (void)softhsm()->C_Finalize(nullptr);
    BOOST_TEST(!token.sign(key, as_bytes("x"), soon()).has_value());
    BOOST_TEST(to_string(token.health().state) == "unavailable");
    BOOST_TEST(token.health().reason.find("another token") != std::string::npos);
    BOOST_TEST(token.serial() == serial);
    std::filesystem::remove_all(soft.token_directory());
    std::filesystem::rename(away, soft.token_directory());
    BOOST_TEST(eventually([&] { return signs(); }));
}

BOOST_FIXTURE_TEST_CASE(slots_renumbered_by_a_new_token_do_not_matter, Recovering)
{
    soft.add_token("newcomer", "4321-test");
    BOOST_TEST(softhsm()->C_Finalize(nullptr) == CKR_OK);
    BOOST_TEST(signs());
    BOOST_TEST(token.info(soon()).value().label == soft.label());
}

BOOST_FIXTURE_TEST_CASE(a_deleted_key_fails_alone, Recovering)
{
    const KeyRef other{"other", Algorithm::es256,
                       token.generate_key_pair("other", Algorithm::es256, 0, soon()).value()};
    BOOST_TEST(signs());
    // Deleted by another tool, in another process.
    testing::run_program({"pkcs11-tool", "--module", testing::softhsm_path, "--token-label", soft.label(),
                          "--login", "--pin", soft.pin(), "--delete-object", "--type", "privkey", "--label",
                          "k"});
    BOOST_TEST(to_string(token.sign(key, as_bytes("x"), soon()).error().fault) == "missing key");
    BOOST_TEST(to_string(token.find_key_pair("k", Algorithm::es256, soon()).error().fault) == "missing key");
    BOOST_TEST(token.sign(other, as_bytes("x"), soon()).has_value());
    BOOST_TEST(to_string(token.health().state) == "operational");
}

BOOST_FIXTURE_TEST_CASE(a_swapped_key_is_refused_and_its_signature_never_leaves, Recovering)
{
    BOOST_TEST(signs());
    BOOST_TEST(token.destroy("k", soon()).has_value());
    const Bytes impostor = token.generate_key_pair("k", Algorithm::es256, 0, soon()).value();
    BOOST_TEST((impostor != key.spki_der));
    BOOST_TEST(to_string(token.sign(key, as_bytes("x"), soon()).error().fault) == "missing key");
    BOOST_TEST(token.health().alarms.size() == 1U);
    BOOST_TEST(token.sign(KeyRef{"k", Algorithm::es256, impostor}, as_bytes("x"), soon()).has_value());
}

BOOST_FIXTURE_TEST_CASE(two_keys_of_one_id_are_refused, Recovering)
{
    BOOST_TEST(signs());
    testing::run_program({"pkcs11-tool", "--module", testing::softhsm_path, "--token-label", soft.label(),
                          "--login", "--pin", soft.pin(), "--keypairgen", "--key-type", "EC:prime256v1",
                          "--id", "6b", "--label", "k"});
    (void)softhsm()->C_Logout(foreign_session());  // handles are found again
    BOOST_TEST(to_string(token.sign(key, as_bytes("x"), soon()).error().fault) == "missing key");
}

BOOST_AUTO_TEST_CASE(a_network_hsm_killed_and_restarted_is_used_again)
{
    SoftToken soft;
    P11KitServer server{soft};
    ModuleOptions options = soft.module_options();
    options.path = testing::p11_kit_client_path;
    options.environment.emplace_back("P11_KIT_SERVER_ADDRESS", server.address());
    const auto module = Module::load(options).value();
    Token& token = module->add_token(soft.token_options());
    BOOST_TEST_REQUIRE(token.health().reason == "");
    const KeyRef key{"k", Algorithm::es256,
                     token.generate_key_pair("k", Algorithm::es256, 0, soon()).value()};
    BOOST_TEST(token.sign(key, as_bytes("x"), soon()).has_value());
    for (int round = 0; round < 2; ++round) {
        server.stop();
        BOOST_TEST(to_string(token.sign(key, as_bytes("x"), soon()).error().fault) == "unavailable");
        BOOST_TEST(eventually([&] { return to_string(token.health().state) == "unavailable"; }));
        server.start();
        BOOST_TEST(eventually([&] { return token.sign(key, as_bytes("x"), soon()).has_value(); }));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::pkcs11
