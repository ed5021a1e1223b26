// Every row of the error table against a module that misbehaves on order: what must heal heals, what must not be retried
// is not, and nothing wrong leaves.

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include "keyd/pkcs11/error_table.hpp"
#include "keyd/pkcs11/public_key.hpp"
#include "tests/keyd/faulty_token.hpp"

namespace tessera::keyd::pkcs11 {

namespace {

using testing::eventually;
using testing::FaultyToken;
using testing::soon;

constexpr unsigned long ckr_device_memory = 0x31;
constexpr unsigned long ckr_cant_lock = 0x0a;

struct Faulty {
    FaultyToken faulty;
    std::atomic<unsigned> gave_up{0};
    std::unique_ptr<Module> module = Module::load(options()).value();
    Token& token = module->add_token(faulty.soft().token_options());
    KeyRef key{"k", Algorithm::es256, token.generate_key_pair("k", Algorithm::es256, 0, soon()).value()};

    ModuleOptions options()
    {
        ModuleOptions options = faulty.module_options();
        options.retry_first = Milliseconds{1};
        options.call_max = Milliseconds{5'000};
        options.on_give_up = [this](std::string_view) { ++gave_up; };
        return options;
    }
    bool signs()
    {
        const auto signature = token.sign(key, as_bytes("input"), soon());
        return signature.has_value()
               && verifies(parse_spki(key.algorithm, key.spki_der).get(), key.algorithm, as_bytes("input"),
                           signature.value());
    }
    std::string fault_of_signing()
    {
        const auto signature = token.sign(key, as_bytes("input"), soon());
        return signature.has_value() ? "none" : std::string{to_string(signature.error().fault)};
    }
    // Lets a pause between two reinitialisations pass, so that each row starts alike.
    bool heals()
    {
        faulty.behave();
        return eventually([&] { return signs(); });
    }
};

// What one failure of a signing call costs.
std::string expectation(ErrorClass error_class)
{
    switch (error_class) {
    case ErrorClass::caller_bug: return "refused";
    case ErrorClass::never_retried: return "pin blocked";
    case ErrorClass::give_up: return "gives up";
    default: return "none";
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pkcs11_faults)

BOOST_FIXTURE_TEST_CASE(
    each_row_of_the_error_table_once_in_c_sign_init_heals_within_the_request_or_is_refused, Faulty)
{
    BOOST_TEST_REQUIRE(signs());
    for (const ErrorRow& row : error_table()) {
        if (row.error_class == ErrorClass::give_up) {
            continue;  // tested below, each in a module of its own
        }
        BOOST_TEST_CONTEXT(row.name)
        {
            faulty.order({fmt::format("C_SignInit rv={:#x} times=1", row.code)});
            // The half-open probe may not meet the fault: it was used up.
            BOOST_TEST(fault_of_signing() == expectation(row.error_class));
            BOOST_TEST(heals());
            // Longer than any pause that the rows before may have earned.
            BOOST_TEST(eventually([&] { return to_string(token.health().state) == "operational"; }));
            std::this_thread::sleep_for(Milliseconds{110});
        }
    }
    BOOST_TEST(gave_up == 0U);
    BOOST_TEST(token.health().bad_signatures == 0U);
}

BOOST_FIXTURE_TEST_CASE(each_row_once_in_c_sign_heals_within_the_request_or_is_refused, Faulty)
{
    BOOST_TEST_REQUIRE(signs());
    for (const ErrorRow& row : error_table()) {
        if (row.error_class == ErrorClass::give_up) {
            continue;
        }
        BOOST_TEST_CONTEXT(row.name)
        {
            faulty.order({fmt::format("C_Sign rv={:#x} times=1", row.code)});
            BOOST_TEST(fault_of_signing() == expectation(row.error_class));
            BOOST_TEST(heals());
            std::this_thread::sleep_for(Milliseconds{110});
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_code_that_never_stops_fails_the_request_opens_the_circuit_and_heals_when_it_stops,
                        Faulty)
{
    for (const char* code :
         {"0x30", "0x32", "0xe0", "0x5", "0x190", "0x3", "0xb3", "0x101", "0x82", "0x60"}) {
        BOOST_TEST_CONTEXT(code)
        {
            BOOST_TEST_REQUIRE(heals());
            faulty.order({fmt::format("C_SignInit rv={}", code)});
            BOOST_TEST(fault_of_signing() == "unavailable");
            // One look: between two the keeper may have attached the token again.
            BOOST_TEST(eventually([&] {
                const auto health = token.health();
                return to_string(health.state) == "unavailable"
                       && health.reason.find("CKR_") != std::string::npos;
            }));
            BOOST_TEST(heals());
            BOOST_TEST(token.find_key_pair("k", Algorithm::es256, soon()).value().value() == key.spki_der);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_open_circuit_does_not_hammer_the_device, Faulty)
{
    faulty.order({"C_Sign rv=0x30"});
    BOOST_TEST(fault_of_signing() == "unavailable");
    BOOST_TEST(eventually([&] { return to_string(token.health().state) == "unavailable"; }));
    faulty.forget_calls();
    const Tick started = std::chrono::steady_clock::now();
    for (int index = 0; index < 10'000; ++index) {
        BOOST_TEST_REQUIRE(fault_of_signing() == "unavailable");
    }
    const auto took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
    // Only the keeper calls, each time after a pause of up to 100 ms.
    BOOST_TEST(faulty.calls("C_SignInit") <= 20U + static_cast<std::size_t>(took.count()) / 20);
    BOOST_TEST(heals());
}

BOOST_FIXTURE_TEST_CASE(codes_of_the_last_rung_give_the_process_up, Faulty)
{
    faulty.order({fmt::format("C_SignInit rv={:#x}", ckr_cant_lock)});
    BOOST_TEST(fault_of_signing() == "unavailable");
    BOOST_TEST(gave_up == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_flipped_bit_at_the_first_use_of_a_handle_is_caught_and_nothing_leaves, Faulty)
{
    faulty.order({"C_Sign flip"});
    BOOST_TEST(fault_of_signing() == "internal");
    BOOST_TEST(token.health().bad_signatures == 1U);
    BOOST_TEST(token.health().alarms.size() == 1U);
    BOOST_TEST(heals());
}

BOOST_FIXTURE_TEST_CASE(a_flipped_bit_after_a_recovery_is_caught, Faulty)
{
    BOOST_TEST(signs());
    BOOST_TEST(signs());
    faulty.order({"C_SignInit rv=0x82 times=1", "C_Sign flip"});
    BOOST_TEST(fault_of_signing() == "internal");
    BOOST_TEST(heals());
}

BOOST_AUTO_TEST_CASE(flipped_bits_never_leave_when_every_signature_is_verified)
{
    FaultyToken faulty;
    const auto module = Module::load(faulty.module_options()).value();
    TokenOptions options = faulty.soft().token_options();
    options.verify_one_in = 1;
    Token& token = module->add_token(options);
    for (const Algorithm algorithm : all_algorithms) {
        const std::string id = "k-" + std::string{to_string(algorithm)};
        const KeyRef key{id, algorithm, token.generate_key_pair(id, algorithm, 2048, soon()).value()};
        const EvpKeyPtr public_key = parse_spki(algorithm, key.spki_der);
        faulty.order({"C_Sign flip after=1 times=3"});
        unsigned refused = 0;
        for (int index = 0; index < 8; ++index) {
            const auto signature = token.sign(key, as_bytes("input"), soon());
            refused += signature.has_error() ? 1 : 0;
            BOOST_TEST((signature.has_error()
                        || verifies(public_key.get(), algorithm, as_bytes("input"), signature.value())));
        }
        BOOST_TEST(refused == 3U);
        faulty.behave();
    }
}

BOOST_FIXTURE_TEST_CASE(a_full_token_says_so_and_still_signs, Faulty)
{
    faulty.order({fmt::format("C_GenerateKeyPair rv={:#x}", ckr_device_memory),
                  fmt::format("C_GenerateKey rv={:#x}", ckr_device_memory)});
    BOOST_TEST(to_string(token.generate_key_pair("new", Algorithm::es256, 0, soon()).error().fault)
               == "full");
    BOOST_TEST(to_string(token.generate_wrapping_key("new", soon()).error().fault) == "full");
    BOOST_TEST(!token.health().alarms.empty());
    BOOST_TEST(signs());
    faulty.behave();
    BOOST_TEST(token.generate_key_pair("new", Algorithm::es256, 0, soon()).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_generation_that_fails_once_leaves_one_pair_and_the_circuit_closed, Faulty)
{
    for (const char* code : {"0x5", "0x6", "0xb3", "0x82", "0x30"}) {
        BOOST_TEST_CONTEXT(code)
        {
            const std::string id = "g" + std::string{code};
            faulty.order({fmt::format("C_GenerateKeyPair rv={} times=1", code)});
            const auto made = token.generate_key_pair(id, Algorithm::es256, 0, soon());
            BOOST_TEST_REQUIRE(made.has_value());
            BOOST_TEST(token.find_key_pair(id, Algorithm::es256, soon()).value().value() == made.value());
            BOOST_TEST(heals());
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_retried_generation_never_touches_a_key_that_was_there_before, Faulty)
{
    faulty.order({"C_FindObjectsInit rv=0x30 times=1"});
    BOOST_TEST(to_string(token.generate_key_pair("k", Algorithm::es256, 0, soon()).error().fault)
               == "refused");
    BOOST_TEST(heals());
}

BOOST_FIXTURE_TEST_CASE(a_key_without_full_custody_is_destroyed, Faulty)
{
    // SENSITIVE, EXTRACTABLE, LOCAL, NEVER_EXTRACTABLE, ALWAYS_SENSITIVE.
    for (const char* attribute : {"0x103", "0x162", "0x163", "0x164", "0x165"}) {
        BOOST_TEST_CONTEXT(attribute)
        {
            faulty.order({fmt::format("C_GetAttributeValue lie={}", attribute)});
            BOOST_TEST(to_string(token.generate_key_pair("bad", Algorithm::es256, 0, soon()).error().fault)
                       == "internal");
            BOOST_TEST(to_string(token.generate_wrapping_key("bad", soon()).error().fault) == "internal");
            faulty.behave();
            BOOST_TEST(!token.find_key_pair("bad", Algorithm::es256, soon()).value().has_value());
            BOOST_TEST(!token.has_secret_key("bad", soon()).value());
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_module_that_refuses_narrowing_attributes_gets_a_template_without_them, Faulty)
{
    // ALLOWED_MECHANISMS, COPYABLE, MODIFIABLE.
    int count = 0;
    for (const char* attribute : {"0x40000600", "0x171", "0x170"}) {
        BOOST_TEST_CONTEXT(attribute)
        {
            faulty.order({fmt::format("C_GenerateKeyPair refuse={}", attribute)});
            const std::string id = "t" + std::to_string(++count);
            BOOST_TEST(token.generate_key_pair(id, Algorithm::es256, 0, soon()).has_value());
        }
    }
    // SENSITIVE and EXTRACTABLE are never given up.
    for (const char* attribute : {"0x103", "0x162"}) {
        faulty.order({fmt::format("C_GenerateKeyPair refuse={}", attribute)});
        BOOST_TEST(to_string(token.generate_key_pair("never", Algorithm::es256, 0, soon()).error().fault)
                   == "refused");
    }
}

BOOST_FIXTURE_TEST_CASE(ec_points_are_taken_raw_too, Faulty)
{
    faulty.order({"C_GetAttributeValue raw_point"});
    BOOST_TEST((token.find_key_pair("k", Algorithm::es256, soon()).value() == key.spki_der));
    BOOST_TEST(token.generate_key_pair("ed", Algorithm::eddsa, 0, soon()).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_token_out_of_sessions_lowers_the_pool_and_goes_on, Faulty)
{
    BOOST_TEST(signs());  // one session is open now
    faulty.order({"C_OpenSession rv=0xb1"});
    std::atomic<unsigned> failures{0};
    std::vector<std::thread> threads;
    for (int index = 0; index < 4; ++index) {
        threads.emplace_back([&] {
            for (int round = 0; round < 50; ++round) {
                failures += token.sign(key, as_bytes("x"), soon()).has_error() ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    BOOST_TEST(failures == 0U);
    BOOST_TEST(token.health().sessions_max == 1U);
    BOOST_TEST(token.health().sessions == 1U);
}

BOOST_AUTO_TEST_CASE(the_pool_respects_the_token_s_maximum)
{
    FaultyToken faulty;
    faulty.order({"C_GetTokenInfo sessions=4"});
    const auto module = Module::load(faulty.module_options()).value();
    TokenOptions options = faulty.soft().token_options();
    options.sessions_max = 16;
    BOOST_TEST(module->add_token(options).health().sessions_max
               == 2U);  // the anchor and the managing one beside
}

BOOST_FIXTURE_TEST_CASE(a_caller_whose_deadline_passed_is_told_and_nothing_is_sent, Faulty)
{
    BOOST_TEST(signs());
    faulty.forget_calls();
    const auto late = token.sign(key, as_bytes("x"), std::chrono::steady_clock::now());
    BOOST_TEST(to_string(late.error().fault) == "timeout");
    BOOST_TEST(faulty.calls("C_SignInit") == 0U);
}

BOOST_FIXTURE_TEST_CASE(waiting_for_a_session_ends_at_the_deadline, Faulty)
{
    BOOST_TEST(signs());
    faulty.order({"C_Sign hang"});
    std::vector<std::thread> stuck;
    for (int index = 0; index < 4; ++index) {
        stuck.emplace_back([&] { (void)token.sign(key, as_bytes("x"), soon()); });
    }
    BOOST_TEST(eventually(
        [&] { return token.health().sessions == 4 && module->longest_call().function == "C_Sign"; }));
    BOOST_TEST(eventually([&] { return faulty.calls("C_SignInit") >= 4; }));
    const auto waited = token.sign(key, as_bytes("x"), std::chrono::steady_clock::now() + Milliseconds{50});
    BOOST_TEST(to_string(waited.error().fault) == "timeout");
    faulty.behave();
    for (std::thread& thread : stuck) {
        thread.join();
    }
    BOOST_TEST(gave_up == 0U);
}

BOOST_AUTO_TEST_CASE(a_call_that_never_returns_ends_the_process_by_the_watchdog)
{
    FaultyToken faulty;
    std::atomic<unsigned> gave_up{0};
    ModuleOptions options = faulty.module_options();
    options.call_max = Milliseconds{100};
    // On the watchdog's thread: nothing of Boost.Test.
    options.on_give_up = [&](std::string_view reason) { gave_up += reason.find("C_Sign") == 0 ? 1 : 100; };
    const auto module = Module::load(options).value();
    Token& token = module->add_token(faulty.soft().token_options());
    const KeyRef key{"k", Algorithm::es256,
                     token.generate_key_pair("k", Algorithm::es256, 0, soon()).value()};
    faulty.order({"C_Sign hang"});
    std::thread stuck{[&] { (void)token.sign(key, as_bytes("x"), soon()); }};
    BOOST_TEST(eventually([&] { return gave_up == 1U; }));
    BOOST_TEST(to_string(token.sign(key, as_bytes("x"), soon()).error().fault) == "unavailable");
    faulty.behave();
    stuck.join();
}

BOOST_AUTO_TEST_CASE(a_device_absent_at_start_is_found_later)
{
    FaultyToken faulty;
    faulty.order({"C_Initialize rv=0x30"});
    const auto module = Module::load(faulty.module_options()).value();
    Token& token = module->add_token(faulty.soft().token_options());
    BOOST_TEST(to_string(token.health().state) == "unavailable");
    faulty.behave();
    BOOST_TEST(eventually([&] { return to_string(token.health().state) == "operational"; }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::pkcs11
