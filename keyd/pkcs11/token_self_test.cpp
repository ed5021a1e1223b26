// Every mechanism once, with keys made for it and destroyed afterwards.

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "keyd/pkcs11/public_key.hpp"
#include "keyd/pkcs11/token_parts_ck.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

constexpr unsigned self_test_rsa_bits = 2048;
constexpr std::string_view message = "tessera-keyd self-test";

// A name no other keyd on a shared token has.
std::string throw_away_id()
{
    std::array<std::uint8_t, 8> random{};
    fill_random(random);
    return "tessera-selftest-" + hex_encode(random);
}

Result<void, TokenError> test_signing(Token& token, Algorithm algorithm, const std::string& id, Tick deadline)
{
    TRY(auto spki, token.generate_key_pair(id, algorithm, self_test_rsa_bits, deadline));
    const KeyRef key{id, algorithm, spki};
    TRY(const auto signature, token.sign(key, as_bytes(message), deadline));
    const EvpKeyPtr public_key = parse_spki(algorithm, spki);
    if (!public_key || !verifies(public_key.get(), algorithm, as_bytes(message), signature)) {
        return TokenError{Fault::internal, "C_Sign", "", "the signature does not verify"};
    }
    return ok();
}

Result<void, TokenError> test_sealing(Token& token, const std::string& id, Tick deadline)
{
    TRY(token.generate_wrapping_key(id, deadline));
    TRY(const auto sealed, token.encrypt(id, as_bytes(message), as_bytes(id), deadline));
    TRY(const auto opened, token.decrypt(id, sealed, as_bytes(id), deadline));
    if (!equal_constant_time(opened.reveal(RevealTag{"self-test: compare"}), as_bytes(message))) {
        return TokenError{Fault::internal, "C_Decrypt", "", "decrypted to something else"};
    }
    return ok();
}

Result<void, TokenError> test_mac(Token& token, const std::string& id, Tick deadline)
{
    TRY(token.generate_mac_key(id, deadline));
    TRY(const auto tag, token.mac(id, as_bytes(message), deadline));
    TRY(const bool same, token.check_mac(id, as_bytes(message), tag, deadline));
    if (!same) {
        return TokenError{Fault::internal, "C_Sign", "", "the same message gave another MAC"};
    }
    return ok();
}

template <class Test>
SelfTestCheck timed(Token& token, std::string name, Tick deadline, Test test)
{
    const auto started = std::chrono::steady_clock::now();
    const std::string id = throw_away_id();
    Result<void, TokenError> tested = test(id);
    const auto destroyed = token.destroy(id, deadline);
    if (tested && destroyed.has_error()) {
        tested = destroyed.error();
    }
    const auto took = std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - started);
    return {std::move(name), tested.has_value(), tested ? std::string{} : to_string(tested.error()), took};
}

}  // namespace

std::vector<SelfTestCheck> Token::self_test(Tick deadline)
{
    std::vector<SelfTestCheck> checks;
    for (const Algorithm algorithm : all_algorithms) {
        checks.push_back(
            timed(*this, fmt::format("{} sign and verify", to_string(algorithm)), deadline,
                  [&](const std::string& id) { return test_signing(*this, algorithm, id, deadline); }));
    }
    checks.push_back(timed(*this, "AES-256-GCM encrypt and decrypt", deadline,
                           [&](const std::string& id) { return test_sealing(*this, id, deadline); }));
    checks.push_back(timed(*this, "HMAC-SHA-256", deadline,
                           [&](const std::string& id) { return test_mac(*this, id, deadline); }));
    return checks;
}

}  // namespace tessera::keyd::pkcs11
