// What a real tessera-keyd does with peers: strangers, garbage, other versions, slow ones, too many requests.
#include <csignal>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/keyd/keyd_process.hpp"

using namespace tessera;
using namespace tessera::keyd;
using namespace tessera::keyd::testing;

namespace {

struct Running {
    SoftToken token;
    KeydProcess keyd{token};
};

v1::Request get_health()
{
    v1::Request request;
    request.mutable_get_health();
    return request;
}

// A request with an empty message for the operation of that field.
v1::Request empty_request(const google::protobuf::FieldDescriptor* operation)
{
    v1::Request request;
    request.GetReflection()->MutableMessage(&request, operation);
    return request;
}

// Runs `action` as another user and gives what it answered.
template <class Action>
bool as_user(uid_t uid, Action action)
{
    const pid_t child = fork();
    if (child == 0) {
        if (setgid(uid) != 0 || setuid(uid) != 0) {
            _exit(2);
        }
        _exit(action() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    BOOST_REQUIRE(WIFEXITED(status));
    BOOST_REQUIRE(WEXITSTATUS(status) != 2);
    return WEXITSTATUS(status) == 0;
}

constexpr uid_t nobody = 65534;

}  // namespace

BOOST_AUTO_TEST_SUITE(process_wire)

BOOST_FIXTURE_TEST_CASE(an_operation_of_the_other_socket_is_not_permitted, Running)
{
    Peer front = Peer::greeted(keyd.front());
    Peer admin = Peer::greeted(keyd.admin());
    const auto* operations = v1::Request::descriptor()->FindOneofByName("operation");
    for (int i = 0; i < operations->field_count(); ++i) {
        const auto* operation = operations->field(i);
        if (operation->number() < 20) {
            continue;  // both sockets
        }
        Peer& wrong = operation->number() < 40 ? admin : front;
        const v1::Response response = wrong.call(empty_request(operation));
        BOOST_TEST(response.error().code() == v1::NOT_PERMITTED, operation->name());
    }
}

BOOST_FIXTURE_TEST_CASE(the_first_request_must_be_hello, Running)
{
    Peer peer{keyd.front()};
    BOOST_TEST(peer.call(get_health()).error().code() == v1::HELLO_REQUIRED);
    BOOST_TEST(peer.is_closed());
}

BOOST_FIXTURE_TEST_CASE(another_version_is_told_the_range_and_left, Running)
{
    Peer newer{keyd.front()};
    const v1::Response refused = newer.call(hello(2, 3));
    BOOST_TEST(refused.error().code() == v1::VERSION_UNSUPPORTED);
    BOOST_TEST(refused.error().version_min() == 1U);
    BOOST_TEST(refused.error().version_max() == 1U);
    BOOST_TEST(newer.is_closed());

    Peer framed{keyd.front()};
    std::string header;
    wire::append_header(header, {.version = 2, .correlation_id = 1});
    framed.send(header);
    BOOST_TEST(framed.receive()->error().code() == v1::VERSION_UNSUPPORTED);
    BOOST_TEST(framed.is_closed());

    Peer both{keyd.front()};
    BOOST_TEST(both.call(hello(1, 9)).welcome().version() == 1U);
}

BOOST_FIXTURE_TEST_CASE(garbage_closes_its_connection_and_no_other, Running)
{
    Peer good = Peer::greeted(keyd.front());
    std::string oversize;
    wire::append_header(oversize, {.length = wire::body_bytes_max + 1, .correlation_id = 1});
    std::string response;
    wire::append_header(response, {.kind = wire::FrameKind::response, .correlation_id = 1});
    for (const std::string& bytes :
         {std::string{"GET / HTTP/1.1\r\nHost: keyd\r\n\r\n"}, std::string(64, '\0'), oversize, response}) {
        Peer peer{keyd.front()};
        peer.send(bytes);
        BOOST_TEST(peer.is_closed());
        BOOST_TEST(good.call(get_health()).has_health());
    }
}

BOOST_FIXTURE_TEST_CASE(a_body_that_does_not_parse_or_is_unknown_leaves_the_connection_open, Running)
{
    Peer peer = Peer::greeted(keyd.front());
    std::string malformed;
    wire::append_header(malformed, {.length = 2, .correlation_id = 77});
    peer.send(malformed + "\xff\xff");
    BOOST_TEST(peer.receive()->error().code() == v1::MALFORMED_REQUEST);
    std::string unknown;  // field 400 of a newer protocol
    wire::append_header(unknown, {.length = 3, .correlation_id = 78});
    peer.send(unknown + std::string("\x82\x19\x00", 3));
    BOOST_TEST(peer.receive()->error().code() == v1::UNKNOWN_OPERATION);
    BOOST_TEST(peer.call(get_health()).has_health());
}

BOOST_FIXTURE_TEST_CASE(slow_peers_are_left_within_their_limits, Running)
{
    Peer silent{keyd.front()};
    Peer half = Peer::greeted(keyd.front());
    half.send(frame_of(get_health(), 9).substr(0, 21));
    BOOST_TEST(silent.is_closed());
    BOOST_TEST(half.is_closed());
    BOOST_TEST(keyd.log().find("did not say Hello in time") != std::string::npos);
    BOOST_TEST(keyd.log().find("did not finish a frame in time") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(more_than_the_limit_in_flight_is_overloaded_and_everything_is_answered, Running)
{
    const std::string keyring = keyring_of(keyd, "demo");
    Peer peer = Peer::greeted(keyd.front());
    constexpr int requests = 2000;
    std::string burst;
    for (int i = 0; i < requests; ++i) {
        burst += frame_of(sign(keyring, "demo", v1::RS256), 100 + static_cast<std::uint64_t>(i));
    }
    peer.send(burst);
    int signatures = 0;
    int overloaded = 0;
    for (int i = 0; i < requests; ++i) {
        const auto response = peer.receive();
        BOOST_REQUIRE(response);
        signatures += response->has_signed_jwt() ? 1 : 0;
        overloaded += response->error().code() == v1::OVERLOADED ? 1 : 0;
    }
    BOOST_TEST(signatures + overloaded == requests);
    BOOST_TEST(overloaded > 0);
    BOOST_TEST(signatures >= 1024);
}

BOOST_FIXTURE_TEST_CASE(a_request_not_started_in_time_is_not_carried_out, Running)
{
    const std::string keyring = keyring_of(keyd, "demo");
    Peer peer = Peer::greeted(keyd.front());
    std::string burst;
    for (int i = 0; i < 500; ++i) {
        v1::Request request = sign(keyring, "demo", v1::RS256);
        request.set_deadline_ms(10);
        burst += frame_of(request, 100 + static_cast<std::uint64_t>(i));
    }
    peer.send(burst);
    int late = 0;
    for (int i = 0; i < 500; ++i) {
        late += peer.receive()->error().code() == v1::DEADLINE_EXCEEDED ? 1 : 0;
    }
    BOOST_TEST(late > 0);
}

// Acceptance 3: another user reaches neither socket, token, PIN nor state.
BOOST_AUTO_TEST_CASE(another_user_gets_no_answer_and_reads_no_file, *boost::unit_test::precondition([](auto) {
                         return boost::test_tools::assertion_result{geteuid() == 0};
                     }))
{
    SoftToken token;
    chmod(token.directory().c_str(), 0711);
    chmod(token.token_directory().c_str(), 0700);
    // nobody stands for the front: it may use the front socket and nothing else.
    KeydProcess keyd{token, {.arguments = {"--front-uids=0,65534"}}};
    const auto is_answered = [](const std::string& socket) {
        try {
            return Peer{socket}.call(hello()).has_welcome();
        } catch (const std::exception&) {
            return false;
        }
    };
    const auto is_readable = [](const std::string& path) { return access(path.c_str(), R_OK) == 0; };
    BOOST_TEST(as_user(nobody, [&] { return is_answered(keyd.front()); }));
    BOOST_TEST(!as_user(nobody, [&] { return is_answered(keyd.admin()); }));
    for (const std::string& path :
         {token.token_directory().string(), token.pin_file().string(), keyd.state()}) {
        BOOST_TEST(!as_user(nobody, [&] { return is_readable(path); }), path);
    }
    constexpr uid_t stranger = 65533;
    BOOST_TEST(!as_user(stranger, [&] { return is_answered(keyd.front()); }));
    BOOST_TEST(!as_user(stranger, [&] { return is_answered(keyd.admin()); }));
    BOOST_TEST(!as_user(stranger, [&] {
        for (int i = 0; i < 100; ++i) {
            if (is_answered(keyd.front())) {
                return true;
            }
        }
        return false;
    }));
    // Knocking fills no log.
    const std::string log = keyd.log();
    std::size_t lines = 0;
    for (auto at = log.find("caller_refused"); at != std::string::npos;
         at = log.find("caller_refused", at + 1)) {
        ++lines;
    }
    BOOST_TEST(lines > 0U);
    BOOST_TEST(lines < 50U);
    BOOST_TEST(is_answered(keyd.admin()));
}

BOOST_AUTO_TEST_SUITE_END()
