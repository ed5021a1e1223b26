// Argon2id hashes, the queue before them, and which passwords may be set.
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "daemon/login/password_hashing.hpp"
#include "daemon/settings/serve_settings.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;

SecretBytes secret(std::string_view text) { return SecretBytes{as_bytes(text)}; }

constexpr PasswordHashParameters cheap = password_hash_floor;

PasswordHashFault fault_of(std::string_view encoded)
{
    const auto parsed = parse_encoded_password(encoded);
    BOOST_REQUIRE(parsed.has_error());
    return parsed.error().fault;
}

BOOST_AUTO_TEST_SUITE(login_password_hash)

BOOST_AUTO_TEST_CASE(a_hash_is_right_for_its_password_only)
{
    const auto encoded = hash_password(secret("correct horse"), cheap);
    BOOST_REQUIRE(encoded.has_value());
    BOOST_TEST(encoded.value().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    BOOST_TEST(verify_password(secret("correct horse"), encoded.value()).value());
    for (const std::string_view other : {"correct hors", "correct horse ", "Correct horse", "x"}) {
        BOOST_TEST(!verify_password(secret(other), encoded.value()).value(), other);
    }
    BOOST_TEST((hash_password(secret("correct horse"), cheap).value() != encoded.value()));
}

BOOST_AUTO_TEST_CASE(hashes_of_the_reference_implementation_are_understood)
{
    // phc-winner-argon2, test.c (version 0x13, Argon2id): "password" with "somesalt", 32 bytes.
    const std::string encoded =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    BOOST_TEST(verify_password(secret("password"), encoded).value());
    BOOST_TEST(!verify_password(secret("differentpassword"), encoded).value());
}

BOOST_AUTO_TEST_CASE(the_password_is_its_bytes_as_typed)
{
    const auto encoded = hash_password(secret("caf\xc3\xa9-au-lait"), cheap).value();
    BOOST_TEST(verify_password(secret("caf\xc3\xa9-au-lait"), encoded).value());
    BOOST_TEST(!verify_password(secret("cafe\xcc\x81-au-lait"), encoded).value());
    BOOST_TEST(!verify_password(secret(" caf\xc3\xa9-au-lait"), encoded).value());
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_password_counts_up_to_the_limit)
{
    const std::string longest(password_chars_max, 'a');
    const auto encoded = hash_password(secret(longest), cheap).value();
    std::string other = longest;
    other.back() = 'b';
    BOOST_TEST(verify_password(secret(longest), encoded).value());
    BOOST_TEST(!verify_password(secret(other), encoded).value());
    BOOST_TEST(!verify_password(secret(longest.substr(1)), encoded).value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_a_password_is_refused_before_any_work)
{
    const auto fault = [](std::string_view text) {
        return check_password_bounds(secret(text)).error().fault;
    };
    BOOST_TEST((fault(std::string(password_chars_max + 1, 'a')) == PasswordHashFault::too_long));
    BOOST_TEST((fault(std::string(1 << 20, 'a')) == PasswordHashFault::too_long));
    std::string wide;
    for (std::size_t i = 0; i < password_chars_max; ++i) {
        wide += "\xf0\x9f\x94\x91";
    }
    BOOST_TEST(check_password_bounds(secret(wide)).has_value());
    BOOST_TEST((fault(wide + "a") == PasswordHashFault::too_long));
    BOOST_TEST((fault(std::string(2000, '\xff')) == PasswordHashFault::too_long));
    BOOST_TEST((fault("") == PasswordHashFault::not_text));
    BOOST_TEST((fault("\xff\xfe") == PasswordHashFault::not_text));
    BOOST_TEST((fault(std::string_view{"ab\0cdefgh", 9}) == PasswordHashFault::not_text));
    BOOST_TEST((hash_password(secret(wide + "a"), cheap).error().fault == PasswordHashFault::too_long));
    BOOST_TEST((verify_password(secret(wide + "a"), make_decoy_password(cheap)).error().fault
                == PasswordHashFault::too_long));
}

BOOST_AUTO_TEST_CASE(encoded_strings_come_back_as_they_were)
{
    const std::string encoded = make_decoy_password({32768, 3, 2});
    const auto parts = parse_encoded_password(encoded);
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST((parts.value().parameters == PasswordHashParameters{32768, 3, 2}));
    BOOST_TEST(encode_password(parts.value()) == encoded);
}

BOOST_AUTO_TEST_CASE(strings_that_ask_for_absurd_work_are_refused)
{
    const std::string rest = "$c29tZXNhbHRzb21lc2FsdA$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    const auto with = [&](std::string_view parameters) {
        return fault_of(fmt::format("$argon2id$v=19${}{}", parameters, rest));
    };
    BOOST_TEST(parse_encoded_password("$argon2id$v=19$m=65536,t=2,p=1" + rest).has_value());
    for (const std::string_view parameters :
         {"m=4294967295,t=1,p=1", "m=1048577,t=1,p=1", "m=1048576,t=5,p=1", "m=65536,t=33,p=1",
          "m=65536,t=4294967295,p=1", "m=65536,t=1,p=17", "m=7,t=1,p=1", "m=31,t=1,p=4"}) {
        BOOST_TEST((with(parameters) == PasswordHashFault::unreasonable), parameters);
    }
    for (const std::string_view parameters :
         {"m=0,t=1,p=1", "m=65536,t=0,p=1", "m=65536,t=1,p=0", "m=4294967296,t=1,p=1", "m=-1,t=1,p=1",
          "m=065536,t=1,p=1", "m= 65536,t=1,p=1", "t=1,m=65536,p=1", "m=65536,t=1", "m=65536,t=1,p=1,keyid=x",
          "m=65536,t=1,p=1x", ""}) {
        BOOST_TEST((with(parameters) == PasswordHashFault::malformed), parameters);
    }
}

BOOST_AUTO_TEST_CASE(other_formats_and_damaged_strings_are_refused)
{
    const std::string good = make_decoy_password(cheap);
    for (std::size_t cut = 0; cut < good.size() - 43; ++cut) {
        BOOST_TEST(parse_encoded_password(good.substr(0, cut)).has_error(), cut);
    }
    for (const std::string& text :
         {std::string{
              "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
          std::string{
              "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
          std::string{"$argon2id$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"},
          std::string{"$2b$11$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"}, good + "=", good + "$",
          good + "\n", std::string(1000, '$')}) {
        BOOST_TEST((fault_of(text) == PasswordHashFault::malformed), text);
    }
    const std::string head = "$argon2id$v=19$m=19456,t=2,p=1$";
    BOOST_TEST((fault_of(head + "c29tZQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
                == PasswordHashFault::unreasonable));
    BOOST_TEST((fault_of(head + std::string(400, 'A') + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
                == PasswordHashFault::malformed));
    BOOST_TEST((fault_of(head + "c29tZXNhbHQ$CTFhFdXP") == PasswordHashFault::unreasonable));
}

BOOST_AUTO_TEST_CASE(a_hash_made_otherwise_is_to_be_made_again)
{
    const std::string encoded = make_decoy_password(cheap);
    BOOST_TEST(!needs_rehash(encoded, cheap));
    BOOST_TEST(needs_rehash(encoded, {cheap.memory_kib, 3, 1}));
    BOOST_TEST(needs_rehash(encoded, {cheap.memory_kib + 1, 2, 1}));
    BOOST_TEST(needs_rehash(encoded, {cheap.memory_kib, 2, 2}));
    BOOST_TEST(needs_rehash("$2b$11$x", cheap));
}

BOOST_AUTO_TEST_CASE(measured_parameters_never_go_below_the_floor_nor_above_the_memory_given)
{
    const SystemClock clock;
    const auto least = measure_parameters(Milliseconds{1}, 1024 * 1024, clock);
    BOOST_TEST((least.parameters == password_hash_floor));
    BOOST_TEST(least.took.count() > 0);
    const auto more = measure_parameters(Milliseconds{150}, 32 * 1024, clock);
    BOOST_TEST((more.parameters.memory_kib == password_hash_floor.memory_kib
                || more.parameters.memory_kib == 32 * 1024));
    BOOST_TEST(more.parameters.iterations >= 2U);
    BOOST_TEST(more.took <= std::max<Microseconds>(Milliseconds{150}, least.took));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(login_password_hashing)

// co_spawn wants a value that can be made from nothing.
template <class T>
Async<std::optional<T>> boxed(Async<T> work)
{
    co_return co_await std::move(work);
}

template <class T>
auto spawn(boost::asio::io_context& loop, Async<T> work)
{
    return boost::asio::co_spawn(loop, boxed(std::move(work)), boost::asio::use_future);
}

template <class T>
T result_of(Async<T> work)
{
    boost::asio::io_context loop;
    auto future = spawn(loop, std::move(work));
    loop.run();
    return std::move(*future.get());
}

BOOST_AUTO_TEST_CASE(the_right_password_is_right_and_an_old_hash_is_outdated)
{
    PasswordHashing hashing{{.parameters = {20 * 1024, 2, 1}}};
    const auto encoded = result_of(hashing.hash(secret("correct horse")));
    BOOST_REQUIRE(encoded.has_value());
    const auto verdict = [&](std::string_view password, std::optional<std::string> stored) {
        return result_of(hashing.verify(secret(password), std::move(stored))).value();
    };
    BOOST_TEST((verdict("correct horse", encoded.value()) == PasswordVerdict::right));
    BOOST_TEST((verdict("wrong horse", encoded.value()) == PasswordVerdict::wrong));
    const auto old = hash_password(secret("correct horse"), cheap).value();
    BOOST_TEST((verdict("correct horse", old) == PasswordVerdict::right_but_outdated));
    BOOST_TEST((verdict("wrong horse", old) == PasswordVerdict::wrong));
    BOOST_TEST((verdict("correct horse", std::nullopt) == PasswordVerdict::wrong));
    BOOST_TEST((result_of(hashing.verify(secret("correct horse"), "$2b$11$x")).error().fault
                == PasswordHashFault::malformed));
    BOOST_TEST(hashing.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(nobody_and_an_unreadable_hash_cost_as_much_as_somebody)
{
    PasswordHashing hashing{{}};
    const std::string somebody = hash_password(secret("correct horse"), cheap).value();
    // Processor time of the whole process: who else the machine works for does not matter.
    const auto cost = [&](const std::optional<std::string>& encoded) {
        const std::clock_t start = std::clock();
        for (int i = 0; i < 3; ++i) {
            static_cast<void>(result_of(hashing.verify(secret("wrong horse"), encoded)));
        }
        return std::clock() - start;
    };
    const auto real = cost(somebody);
    BOOST_TEST(cost(std::nullopt) > real / 2);
    BOOST_TEST(cost("$2b$11$x") > real / 2);
}

BOOST_AUTO_TEST_CASE(beyond_slots_and_waiting_places_the_answer_is_busy_at_once)
{
    PasswordHashing hashing{{.slots = 1, .waiting_max = 2}};
    boost::asio::io_context loop;
    std::vector<std::future<std::optional<Result<std::string, PasswordHashError>>>> results;
    for (int i = 0; i < 5; ++i) {
        results.push_back(spawn(loop, hashing.hash(secret("correct horse"))));
    }
    loop.run();
    int done = 0;
    int busy = 0;
    for (auto& each : results) {
        const auto result = each.get();
        ++(result->has_value() ? done : busy);
        BOOST_TEST((*result || result->error().fault == PasswordHashFault::busy));
    }
    BOOST_TEST(done == 3);
    BOOST_TEST(busy == 2);
    BOOST_TEST(hashing.in_flight() == 0U);
    BOOST_TEST(result_of(hashing.hash(secret("correct horse"))).has_value());
}

BOOST_AUTO_TEST_CASE(a_password_that_cannot_be_hashed_takes_no_place)
{
    PasswordHashing hashing{{.slots = 1, .waiting_max = 0}};
    boost::asio::io_context loop;
    auto first = spawn(loop, hashing.hash(secret("correct horse")));
    auto longer = spawn(loop, hashing.hash(secret(std::string(2000, 'a'))));
    auto second = spawn(loop, hashing.judge(secret("correct horse"), {}));
    loop.run();
    BOOST_TEST(first.get()->has_value());
    BOOST_TEST((longer.get()->error().fault == PasswordHashFault::too_long));
    BOOST_TEST((second.get()->error().fault == PasswordHashFault::busy));
}

BOOST_AUTO_TEST_CASE(the_event_loop_runs_on_while_a_password_is_hashed)
{
    PasswordHashing hashing{{}};
    boost::asio::io_context loop;
    auto hashed = spawn(loop, hashing.hash(secret("correct horse")));
    bool ran_before = false;
    boost::asio::post(
        loop, [&] { ran_before = hashed.wait_for(std::chrono::seconds{0}) == std::future_status::timeout; });
    loop.run();
    BOOST_TEST(hashed.get()->has_value());
    BOOST_TEST(ran_before);
}

BOOST_AUTO_TEST_CASE(the_settings_say_how_much_and_half_the_processors_is_the_default)
{
    Settings settings{serve_settings()};
    const auto fallback = PasswordHashingOptions::from(settings, 8);
    BOOST_TEST((fallback.parameters == password_hash_floor));
    BOOST_TEST(fallback.slots == 4U);
    BOOST_TEST(fallback.waiting_max == 128U);
    BOOST_TEST(PasswordHashingOptions::from(settings, 1).slots == 1U);
    const std::vector<std::string> arguments{"--password-hash-memory-kib=262144",
                                             "--password-hash-iterations=16",
                                             "--password-hash-parallelism=16", "--password-hash-slots=3"};
    BOOST_REQUIRE(settings.read_arguments(arguments).has_value());
    const auto most = PasswordHashingOptions::from(settings, 8);
    BOOST_TEST(most.slots == 3U);
    // The most the settings allow is something we also accept to verify.
    BOOST_TEST(parse_encoded_password(make_decoy_password(most.parameters)).has_value());
    const std::vector<std::string> weaker{"--password-hash-memory-kib=19455"};
    BOOST_TEST(settings.read_arguments(weaker).has_error());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(login_password_strength)

std::optional<PasswordFlaw> flaw(std::string_view password, std::vector<std::string> words = {})
{
    return judge_password(secret(password), words).flaw;
}

BOOST_AUTO_TEST_CASE(length_is_counted_in_characters)
{
    BOOST_TEST((flaw("q7#Zp!x") == PasswordFlaw::too_short));
    BOOST_TEST((flaw("") == PasswordFlaw::too_short));
    BOOST_TEST((flaw("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f") == PasswordFlaw::too_short));
    BOOST_TEST((flaw(std::string(257, 'a')) == PasswordFlaw::too_long));
    BOOST_TEST((flaw(std::string(1 << 20, 'a')) == PasswordFlaw::too_long));
    BOOST_TEST((flaw("tab\tin the midst of it") == PasswordFlaw::not_text));
    BOOST_TEST((flaw("\xff\xff\xff\xff\xff\xff\xff\xff") == PasswordFlaw::not_text));
}

BOOST_AUTO_TEST_CASE(what_is_hard_to_guess_may_be_set_whatever_its_characters_are)
{
    for (const std::string_view password : {"correct horse battery staple", "kupferbergwerkzeugmaschine",
                                            "7hRq-2mZx-9pLw", "3852067194728316", "пароль из многих слов"}) {
        const auto judged = judge_password(secret(password), {});
        BOOST_TEST(!judged.flaw.has_value(), password);
        BOOST_TEST(judged.score >= 3, password);
    }
}

BOOST_AUTO_TEST_CASE(what_is_easy_to_guess_is_refused_with_the_reason)
{
    for (const std::string_view password : {"password", "Password1", "iloveyou", "p@ssw0rd", "letmein1"}) {
        BOOST_TEST((flaw(password) == PasswordFlaw::common), password);
    }
    for (const std::string_view password : {"abcdefghijkl", "asdfghjkl;", "19840712"}) {
        BOOST_TEST((flaw(password) == PasswordFlaw::pattern), password);
    }
}

BOOST_AUTO_TEST_CASE(the_persons_own_words_are_no_password)
{
    const std::vector<std::string> words{"Zyxandra.Quorvath@Flimbertech.example", "Zyxandra Quorvath",
                                         "Flimbertech"};
    for (const std::string_view password :
         {"zyxandra", "quorvath1", "Flimbertech", "Zyxandra.Quorvath", "QUORVATH99"}) {
        BOOST_TEST((flaw(password, words) == PasswordFlaw::personal), password);
    }
    BOOST_TEST(!flaw("zyxandra.quorvath flimbertech").has_value());
}

BOOST_AUTO_TEST_CASE(words_beyond_the_limits_are_left_out)
{
    std::vector<std::string> words(user_words_max, "filling");
    words[0] = std::string(100'000, 'w');
    words[1] = std::string("with\0nul", 8);
    words.back() = "zyxandraquorvath";
    BOOST_TEST((flaw("zyxandraquorvath", words) == PasswordFlaw::personal));
    words.insert(words.begin(), "one more");
    BOOST_TEST(!flaw("zyxandraquorvath", words).has_value());
}

BOOST_AUTO_TEST_CASE(the_longest_password_is_judged_in_bounded_time)
{
    std::vector<std::string> words(user_words_max, std::string(user_word_bytes_max, 'a'));
    const SystemClock clock;
    for (const std::string_view unit : {"a", "password", "qwerty1", "p@55w0rD", "12", "\xc3\xa4"}) {
        std::string password;
        while (password.size() + unit.size() <= password_chars_max) {
            password += unit;
        }
        const Tick start = clock.tick();
        judge_password(secret(password), words);
        BOOST_TEST((clock.tick() - start < std::chrono::seconds{1}), unit);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
