// How a real tessera-keyd starts, refuses to start, is unlocked, drains, crashes and comes back.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include "tests/keyd/keyd_process.hpp"

using namespace tessera;
using namespace tessera::keyd;
using namespace tessera::keyd::testing;

namespace {

v1::Request get_health()
{
    v1::Request request;
    request.mutable_get_health();
    return request;
}

v1::Request unlock(const std::string& pin)
{
    v1::Request request;
    request.mutable_unlock()->set_pin(pin);
    return request;
}

// Starts keyd expecting a refusal: its exit code is not 0 and its log names `what`.
void check_refusal(const SoftToken& token, std::vector<std::string> arguments, std::string_view what)
{
    KeydProcess keyd{token, {.arguments = std::move(arguments), .wait_ready = false}};
    const int code = keyd.wait();
    BOOST_TEST((code == 64 || code == 78), code);
    BOOST_TEST(keyd.log().find(what) != std::string::npos, what << " is not in " << keyd.log());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_life)

BOOST_AUTO_TEST_CASE(version_and_help_need_no_token)
{
    BOOST_TEST(run_program({TESSERA_KEYD, "--version"}).starts_with("tessera-keyd "));
    BOOST_TEST(run_program({TESSERA_KEYD, "--help"}).find("--front-uids") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_start_that_cannot_go_well_is_refused_with_what_to_do)
{
    SoftToken token;
    check_refusal(token, {"--no-such-setting=1"}, "no-such-setting");
    check_refusal(token, {"--module=/nowhere/module.so"}, "/nowhere/module.so");
    check_refusal(token, {"--state-directory=/nowhere"}, "install -d -m 0700");
    check_refusal(token, {"--front-uids=no-such-user"}, "no-such-user");
    check_refusal(token, {"--front-group=no-such-group"}, "no-such-group");
    check_refusal(token, {"--realm-algorithms=HS256"}, "HS256");
    check_refusal(token, {"--pin-file=other=/x"}, "not among tokens");

    const std::string open_state = (token.directory() / "open").string();
    std::filesystem::create_directory(open_state);
    chmod(open_state.c_str(), 0750);
    check_refusal(token, {"--state-directory=" + open_state}, "chmod 0700");
    if (geteuid() == 0) {
        chmod(open_state.c_str(), 0700);
        BOOST_REQUIRE(chown(open_state.c_str(), 65534, 65534) == 0);
        check_refusal(token, {"--state-directory=" + open_state}, "belongs to uid 65534");
    }
    const std::string open_pin = (token.directory() / "open-pin").string();
    std::ofstream{open_pin} << token.pin();
    chmod(open_pin.c_str(), 0644);
    check_refusal(token, {"--pin-file=" + open_pin}, "chmod 0400");
    check_refusal(token, {"--front-socket=" + open_pin}, "is no socket");
}

BOOST_AUTO_TEST_CASE(a_second_keyd_on_the_same_state_is_refused)
{
    SoftToken token;
    KeydProcess keyd{token};
    check_refusal(token, {"--front-socket=/tmp/keyd-second.sock"}, "another tessera-keyd");
    BOOST_TEST(Peer::greeted(keyd.front()).call(get_health()).has_health());
}

BOOST_AUTO_TEST_CASE(without_a_pin_it_starts_sealed_and_an_operator_unlocks_it)
{
    SoftToken token;
    std::string keyring;
    {
        KeydProcess keyd{token};
        keyring = keyring_of(keyd, "demo");
        keyd.signal(SIGTERM);
        BOOST_TEST(keyd.wait() == 0);
    }
    KeydProcess keyd{token, {.arguments = {}, .with_pin = false}};
    Peer front = Peer::greeted(keyd.front());
    v1::Request watch;
    watch.mutable_watch_keyrings();
    BOOST_TEST(front.call(watch).has_watching());
    BOOST_TEST(front.call(get_health()).health().state() == v1::SERVICE_SEALED);
    BOOST_TEST(front.call(sign(keyring, "demo")).error().code() == v1::SEALED);
    // Judged before anything waits for a worker or a PIN.
    v1::Request seal;
    seal.mutable_seal()->set_project(std::string(16, 'p'));
    seal.mutable_seal()->set_context("c");
    seal.mutable_seal()->set_plaintext("s");
    BOOST_TEST(front.call(seal).error().code() == v1::SEALED);
    seal.mutable_seal()->set_plaintext(std::string(200'000, 's'));
    BOOST_TEST(front.call(seal).error().code() == v1::PLAINTEXT_TOO_LARGE);
    v1::Request open;
    open.mutable_open()->set_project(std::string(16, 'p'));
    open.mutable_open()->set_context(std::string(200'000, 'c'));
    BOOST_TEST(front.call(open).error().code() == v1::MALFORMED_REQUEST);

    Peer admin = Peer::greeted(keyd.admin());
    BOOST_TEST(admin.call(unlock("")).error().code() == v1::MALFORMED_REQUEST);
    BOOST_TEST(admin.call(unlock(token.pin())).has_done());
    BOOST_TEST(front.call(sign(keyring, "demo")).has_signed_jwt());
    BOOST_TEST(front.call(get_health()).health().state() == v1::OPERATIONAL);
    bool told = false;
    while (!told) {
        const auto event = front.receive_event();
        BOOST_REQUIRE(event);
        told = event->health_changed().health().state() == v1::OPERATIONAL;
    }
    BOOST_TEST(keyd.log().find(token.pin()) == std::string::npos);
}

// The token directories of SoftHSM there are now.
std::set<std::filesystem::path> directories(const SoftToken& token)
{
    std::set<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{token.token_directory()}) {
        found.insert(entry.path());
    }
    return found;
}

BOOST_AUTO_TEST_CASE(another_token_of_the_same_label_gets_no_pin_after_a_restart)
{
    SoftToken token;
    const auto before = directories(token);
    token.add_token("second", token.pin());
    const std::string pin = token.pin_file().string();
    KeydLaunch launch{.arguments = {"--tokens=" + token.label() + ",second",
                                    "--pin-file=" + token.label() + "=" + pin + ",second=" + pin},
                      .with_pin = false};
    const auto second = [](const KeydProcess& keyd) {
        return Peer::greeted(keyd.front()).call(get_health()).health().tokens(1);
    };
    const auto stop = [](KeydProcess& keyd) {
        keyd.signal(SIGTERM);
        BOOST_TEST(keyd.wait() == 0);
    };
    {
        KeydProcess keyd{token, launch};
        BOOST_TEST(second(keyd).state() == v1::OPERATIONAL);
        stop(keyd);
    }
    for (const auto& directory : directories(token)) {
        if (!before.contains(directory)) {
            std::filesystem::remove_all(directory);
        }
    }
    token.add_token("second", token.pin());  // the same label and PIN
    std::string reason;
    {
        KeydProcess keyd{token, launch};
        reason = second(keyd).reason();
        BOOST_TEST(second(keyd).state() != v1::OPERATIONAL);
        BOOST_TEST(reason.find("another token is in its place") != std::string::npos, reason);
        stop(keyd);
    }
    // An operator who replaced it says so once.
    const std::string_view marker = "has serial ";
    const std::string serial = reason.substr(reason.find(marker) + marker.size());
    KeydLaunch named = launch;
    named.arguments.push_back("--token-serials=second=" + serial.substr(0, serial.find(',')));
    for (const KeydLaunch& with : {named, launch}) {
        KeydProcess keyd{token, with};
        BOOST_TEST(second(keyd).state() == v1::OPERATIONAL);
        v1::Request journal;
        journal.mutable_read_journal();
        const auto page = Peer::greeted(keyd.admin()).call(journal).journal_page();
        BOOST_TEST(std::ranges::count(page.entries(), "replace_token", &v1::JournalEntry::operation) == 1);
        stop(keyd);
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_pin_is_latched_until_another_is_given)
{
    SoftToken token;
    KeydProcess keyd{token, {.arguments = {}, .with_pin = false}};
    Peer admin = Peer::greeted(keyd.admin());
    BOOST_TEST(admin.call(unlock("wrong-pin")).error().code() == v1::PIN_BLOCKED);
    BOOST_TEST(admin.call(unlock("wrong-pin")).error().code() == v1::PIN_BLOCKED);
    BOOST_TEST(Peer::greeted(keyd.front()).call(ensure("demo")).error().code() == v1::PIN_BLOCKED);
    BOOST_TEST(admin.call(unlock(token.pin())).has_done());
    BOOST_TEST(Peer::greeted(keyd.front()).call(ensure("demo")).has_keyring());
    BOOST_TEST(keyd.log().find("wrong-pin") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_pin_comes_by_descriptor_too)
{
    SoftToken token;
    std::array<int, 2> ends{};
    BOOST_REQUIRE(pipe(ends.data()) == 0);
    const std::string line = token.pin() + "\n";
    BOOST_REQUIRE(write(ends[1], line.data(), line.size()) == static_cast<ssize_t>(line.size()));
    close(ends[1]);
    KeydProcess keyd{token, {.arguments = {"--pin-fd=" + std::to_string(ends[0])}, .with_pin = false}};
    close(ends[0]);
    BOOST_TEST(Peer::greeted(keyd.front()).call(get_health()).health().state() == v1::OPERATIONAL);
}

BOOST_AUTO_TEST_CASE(sigterm_lets_what_is_in_flight_be_answered)
{
    SoftToken token;
    KeydProcess keyd{token};
    const std::string keyring = keyring_of(keyd, "demo");
    Peer peer = Peer::greeted(keyd.front());
    constexpr int requests = 300;
    std::string burst;
    for (int i = 0; i < requests; ++i) {
        burst += frame_of(sign(keyring, "demo"), 100 + static_cast<std::uint64_t>(i));
    }
    // The answer to a request that came after them proves that all were read.
    burst += frame_of(get_health(), 9000);
    peer.send(burst);
    int answered = 0;
    bool all_read = false;
    while (!all_read) {
        const auto response = peer.receive();
        BOOST_REQUIRE(response);
        all_read = response->has_health();
        answered += response->has_signed_jwt() ? 1 : 0;
    }
    keyd.signal(SIGTERM);
    while (const auto response = peer.receive()) {
        answered += response->has_signed_jwt() ? 1 : 0;
    }
    BOOST_TEST(answered == requests);
    BOOST_TEST(keyd.wait() == 0);
    BOOST_TEST(!std::filesystem::exists(keyd.front()));
    BOOST_TEST(!std::filesystem::exists(keyd.admin()));
}

BOOST_AUTO_TEST_CASE(kill_9_under_load_loses_no_key_and_the_next_start_signs_with_it)
{
    SoftToken token;
    KeydProcess keyd{token};
    const std::string keyring = keyring_of(keyd, "demo");
    std::string kid;
    for (int round = 0; round < 5; ++round) {
        Peer peer = Peer::greeted(keyd.front());
        std::string burst;
        for (int i = 0; i < 200; ++i) {
            burst += frame_of(sign(keyring, "demo"), 100 + static_cast<std::uint64_t>(i));
        }
        // A key is being made meanwhile.
        Peer maker = Peer::greeted(keyd.front());
        maker.send(ensure("other-" + std::to_string(round)));
        peer.send(burst);
        const auto first = peer.receive();
        BOOST_REQUIRE(first);
        BOOST_REQUIRE(first->has_signed_jwt());
        BOOST_TEST((kid.empty() || kid == first->signed_jwt().kid()));
        kid = first->signed_jwt().kid();
        keyd.crash_and_restart();
        const v1::Response again = Peer::greeted(keyd.front()).call(sign(keyring, "demo"));
        BOOST_TEST(again.signed_jwt().kid() == kid);
    }
    v1::Request self_test;
    self_test.mutable_self_test();
    const v1::Response report = Peer::greeted(keyd.admin()).call(self_test);
    for (const auto& check : report.self_test_report().checks()) {
        BOOST_TEST(check.passed(), check.name() << ": " << check.detail());
    }
}

BOOST_AUTO_TEST_CASE(it_gives_up_what_it_does_not_need)
{
    SoftToken token;
    setenv("KEYD_TEST_SECRET", "canary", 1);
    KeydProcess keyd{token};
    unsetenv("KEYD_TEST_SECRET");
    const auto proc = [&](const std::string& file) {
        std::ifstream stream{"/proc/" + std::to_string(keyd.pid()) + "/" + file};
        return std::string{std::istreambuf_iterator<char>{stream}, {}};
    };
    BOOST_TEST(proc("status").find("NoNewPrivs:\t1") != std::string::npos);
    BOOST_TEST(proc("limits").find("Max core file size        0                    0") != std::string::npos);
    struct stat front{};
    BOOST_REQUIRE(stat(keyd.front().c_str(), &front) == 0);
    BOOST_TEST((front.st_mode & 0777) == 0600U);
}

BOOST_AUTO_TEST_SUITE_END()
