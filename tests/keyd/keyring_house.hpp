// A Keyrings over fresh SoftHSM tokens, with a clock the test moves, that can be stopped and started again on the same state.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "keyd/keyring/keyrings.hpp"
#include "keyd/pkcs11/module.hpp"
#include "keyd/pkcs11/token.hpp"
#include "tests/keyd/soft_token.hpp"

namespace tessera::keyd::testing {

inline constexpr const char* issuer_domain = "https://id.example";
inline constexpr std::uint32_t test_uid = 1234;

class KeyringHouse {
public:
    explicit KeyringHouse(std::vector<std::string> further_tokens = {});

    // Loads the module and starts keyd on what is there. Change `options` before.
    Answer<void> start();
    // The same, and it must work.
    void open();
    // Stops as a process does: nothing is flushed.
    void stop();
    void restart()
    {
        stop();
        open();
    }

    // Ticks until nothing is due. Steps are bounded.
    void settle();

    // Runs `work` in a child process that dies at the `nth` time (from 1) the step is reached; the house must be stopped. True when it
    // died there, false when the work ended without reaching it.
    bool kill_at(const std::string& step, int nth, const std::function<void(KeyringHouse&)>& work);

    v1::KeyringView make_keyring(const std::string& label, const std::string& issuer,
                                 std::vector<v1::Algorithm> algorithms = {v1::ES256});
    v1::SignJwt sign_request(const std::string& keyring_id, const std::string& issuer) const;
    // Prepares, signs and finishes.
    Answer<v1::SignedJwt> sign(const v1::SignJwt& request) const;
    v1::KeyringView show(const std::string& keyring_id);

    pkcs11::Token& token(const std::string& label = "main") { return *tokens_by_label_.at(label); }
    const pkcs11::Module& module() const { return *module_; }
    // Signing key pairs on the token, by CKA_ID; what keyd keeps for itself is left out.
    std::vector<std::string> key_pairs(const std::string& label = "main");
    std::filesystem::path database() const { return state.path() / "keyd.sqlite"; }
    // Runs SQL on the stopped state, as an intruder would.
    void intrude(const std::string& sql) const;

    SoftToken soft;
    TemporaryDirectory state;
    FixedClock clock{from_unix_s(1'800'000'000)};
    KeyringOptions options;
    std::unique_ptr<Keyrings> keyrings;

private:
    std::vector<std::string> labels_;
    std::unique_ptr<pkcs11::Module> module_;
    std::map<std::string, pkcs11::Token*> tokens_by_label_;
};

// True when the compact JWS verifies under the JWKS entry its kid names.
bool verifies_under(const std::string& jwt, const std::string& jwks);

inline v1::ErrorCode code_of(const auto& answer)
{
    return answer.has_error() ? answer.error().code : v1::ERROR_UNSPECIFIED;
}

}  // namespace tessera::keyd::testing
