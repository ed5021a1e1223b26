// The PIN: sent once, latched when refused, never sent to a token that warns.

#include <fstream>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "keyd/pkcs11/pin_guard.hpp"
#include "tests/keyd/faulty_token.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

using testing::eventually;
using testing::FaultyToken;
using testing::soon;

SecretBytes pin(std::string_view text) { return SecretBytes{as_bytes(text)}; }

struct Locked {
    FaultyToken faulty;
    std::unique_ptr<Module> module = Module::load(options(faulty)).value();

    static ModuleOptions options(const FaultyToken& faulty)
    {
        ModuleOptions options = faulty.module_options();
        options.probe_every = Milliseconds{20};  // the keeper looks often: it must not try often
        return options;
    }
    Token& add_with_pin(std::string text)
    {
        TokenOptions options = faulty.soft().token_options();
        options.pin = [text] { return pin(text); };
        return module->add_token(options);
    }
    std::string state(const Token& token) { return std::string{to_string(token.health().state)}; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(pkcs11_pin)

BOOST_FIXTURE_TEST_CASE(without_a_pin_the_token_is_sealed_until_unlocked, Locked)
{
    Token& token = add_with_pin("");
    BOOST_TEST(state(token) == "sealed");
    BOOST_TEST(to_string(token.generate_key_pair("k", Algorithm::es256, 0, soon()).error().fault)
               == "sealed");
    BOOST_TEST(faulty.calls("C_Login") == 0U);
    BOOST_TEST(token.unlock(pin(faulty.soft().pin())).has_value());
    BOOST_TEST(state(token) == "operational");
    BOOST_TEST(token.generate_key_pair("k", Algorithm::es256, 0, soon()).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_typed_pin_serves_logins_after_a_recovery, Locked)
{
    Token& token = add_with_pin("");
    BOOST_TEST(token.unlock(pin(faulty.soft().pin())).has_value());
    faulty.order({"C_SignInit rv=0x30 times=1"});
    BOOST_TEST(token.probe(soon()).has_value());
    // The keeper may have met the fault first, and may still be at it.
    BOOST_TEST(eventually([&] { return module->incarnation() == 2U && state(token) == "operational"; }));
}

BOOST_FIXTURE_TEST_CASE(a_wrong_pin_is_sent_once_and_never_again, Locked)
{
    Token& token = add_with_pin("wrong");
    BOOST_TEST(state(token) == "pin blocked");
    BOOST_TEST(faulty.calls("C_Login") == 1U);
    for (int index = 0; index < 100; ++index) {
        BOOST_TEST(to_string(token.probe(soon()).error().fault) == "pin blocked");
    }
    BOOST_TEST(to_string(token.unlock(pin("wrong")).error().fault) == "pin blocked");
    // The keeper has had its turns: each asks for the token's warnings and sends nothing.
    BOOST_TEST(eventually([&] { return faulty.calls("C_GetSlotList") >= 5; }));
    BOOST_TEST(faulty.calls("C_Login") == 1U);
    BOOST_TEST(token.health().reason.find("CKR_PIN_INCORRECT") == std::string::npos);
    BOOST_TEST(token.unlock(pin(faulty.soft().pin())).has_value());
    BOOST_TEST(state(token) == "operational");
    BOOST_TEST(faulty.calls("C_Login") == 2U);
}

BOOST_AUTO_TEST_CASE(a_corrected_pin_file_is_taken_without_a_restart)
{
    FaultyToken faulty;
    std::ofstream{faulty.soft().pin_file()} << "wrong\n";
    ModuleOptions options = faulty.module_options();
    options.probe_every = Milliseconds{20};
    const auto module = Module::load(options).value();
    Token& token = module->add_token(faulty.soft().token_options());
    BOOST_TEST(to_string(token.health().state) == "pin blocked");
    std::ofstream{faulty.soft().pin_file()} << faulty.soft().pin() << "\n";
    BOOST_TEST(eventually([&] { return to_string(token.health().state) == "operational"; }));
    BOOST_TEST(faulty.calls("C_Login") == 2U);
}

BOOST_AUTO_TEST_CASE(a_file_longer_than_a_pin_is_no_pin)
{
    FaultyToken faulty;
    std::ofstream{faulty.soft().pin_file()} << faulty.soft().pin() << std::string(300, 'x');
    const auto module = Module::load(faulty.module_options()).value();
    Token& token = module->add_token(faulty.soft().token_options());
    BOOST_TEST(to_string(token.health().state) == "sealed");
    BOOST_TEST(faulty.calls("C_Login") == 0U);  // the part that was read would have been a wrong one
}

BOOST_FIXTURE_TEST_CASE(a_token_that_warns_is_not_tried_and_health_says_why, Locked)
{
    struct Warning {
        const char* flag;
        const char* says;
    };
    // CKF_USER_PIN_COUNT_LOW, _FINAL_TRY, _LOCKED, _TO_BE_CHANGED
    for (const Warning& warning :
         {Warning{"0x10000", "before this process started"}, Warning{"0x20000", "one wrong PIN more"},
          Warning{"0x40000", "locked"}, Warning{"0x80000", "changed"}}) {
        BOOST_TEST_CONTEXT(warning.flag)
        {
            FaultyToken other;
            other.order({fmt::format("C_GetTokenInfo flags={}", warning.flag)});
            module.reset();
            module = Module::load(options(other)).value();
            Token& token = module->add_token(other.soft().token_options());
            BOOST_TEST(state(token) == "pin blocked");
            BOOST_TEST(token.health().reason.find(warning.says) != std::string::npos);
            BOOST_TEST(other.calls("C_Login") == 0U);
            other.behave();
            BOOST_TEST(token.unlock(pin(other.soft().pin())).has_value());
            module.reset();
        }
    }
}

BOOST_FIXTURE_TEST_CASE(every_code_about_the_pin_is_latched, Locked)
{
    module.reset();
    for (const char* code : {"0xa0", "0xa1", "0xa2", "0xa3", "0xa4", "0x102"}) {
        BOOST_TEST_CONTEXT(code)
        {
            FaultyToken other;
            other.order({fmt::format("C_Login rv={}", code)});
            const auto mine = Module::load(options(other)).value();
            Token& token = mine->add_token(other.soft().token_options());
            BOOST_TEST(state(token) == "pin blocked");
            BOOST_TEST(eventually([&] { return other.calls("C_GetSlotList") >= 4; }));
            BOOST_TEST(other.calls("C_Login") == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_guard_lets_a_person_confirm_a_pin_the_token_warns_about)
{
    PinGuard guard;
    const PinFlags low{.count_low = true};
    BOOST_TEST(guard.objection(pin("1234"), PinOrigin::unattended, low).has_value());
    BOOST_TEST(!guard.objection(pin("1234"), PinOrigin::typed, low).has_value());
    BOOST_TEST(!guard.objection(pin("1234"), PinOrigin::unattended, PinFlags{}).has_value());
    guard.note_refused(pin("1234"));
    BOOST_TEST(guard.objection(pin("1234"), PinOrigin::typed, PinFlags{}).has_value());
    BOOST_TEST(!guard.objection(pin("12345"), PinOrigin::unattended, low).has_value());
    BOOST_TEST(guard.objection(pin("12345"), PinOrigin::typed, PinFlags{.final_try = true}).has_value());
    BOOST_TEST(guard.objection(pin("12345"), PinOrigin::typed, PinFlags{.locked = true}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::pkcs11
