// The client against a keyd of the test's own making: absent, slow, talking garbage, older, newer, refusing.
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include "keyd/client/client.hpp"
#include "keyd/client/fault.hpp"
#include "keyd/wire/body.hpp"
#include "keyd/wire/frame.hpp"

using namespace tessera;
using namespace tessera::keyd;
using Local = asio::local::stream_protocol;

namespace {

struct SocketDirectory {
    SocketDirectory()
    {
        char name[] = "/tmp/keyd-client-XXXXXX";
        BOOST_REQUIRE(mkdtemp(name) != nullptr);
        path = name;
    }
    ~SocketDirectory() { std::filesystem::remove_all(path); }
    std::string socket() const { return path + "/s"; }
    std::string path;
};

// Answers each frame with whatever `answer` returns: raw bytes, "" for nothing, nullopt to close.
class FakeKeyd {
public:
    using Answer = std::function<std::optional<std::string>(const wire::Frame&)>;

    FakeKeyd(asio::io_context& loop, const std::string& path, Answer answer)
        : acceptor_(loop, Local::endpoint{path}),
          answer_(std::move(answer))
    {
        accept();
    }

    std::size_t connections = 0;
    std::size_t reads = 0;

private:
    struct Peer {
        explicit Peer(Local::socket socket_) : socket(std::move(socket_)) {}
        Local::socket socket;
        wire::FrameDecoder decoder;
    };

    void accept()
    {
        acceptor_.async_accept([this](boost::system::error_code error, Local::socket socket) {
            if (!error) {
                ++connections;
                peers_.push_back(std::make_unique<Peer>(std::move(socket)));
                read(*peers_.back());
                accept();
            }
        });
    }

    void read(Peer& peer)
    {
        const auto room = peer.decoder.writable();
        peer.socket.async_read_some(asio::buffer(room.data(), room.size()),
                                    [this, &peer](boost::system::error_code error, std::size_t bytes) {
                                        if (!error) {
                                            ++reads;
                                            peer.decoder.commit(bytes);
                                            answer_all(peer);
                                        }
                                    });
    }

    // One write for all: the client reads on this very thread, so a full socket would wait for ever.
    void answer_all(Peer& peer)
    {
        std::string answers;
        for (auto next = peer.decoder.next(); next && next.value(); next = peer.decoder.next()) {
            const auto answer = answer_(*next.value());
            if (!answer) {
                peer.socket.close();
                return;
            }
            answers += *answer;
        }
        boost::system::error_code ignored;
        asio::write(peer.socket, asio::buffer(answers), ignored);
        read(peer);
    }

    Local::acceptor acceptor_;
    Answer answer_;
    std::vector<std::unique_ptr<Peer>> peers_;
};

std::string framed(std::uint64_t id, const v1::Response& response)
{
    std::string out;
    BOOST_REQUIRE(wire::append_frame(out, wire::FrameKind::response, id, response));
    return out;
}

// A keyd that does its part: Welcome, Watching, Health, and the error a test asks for by keyring id.
std::optional<std::string> good_answer(const wire::Frame& frame)
{
    const auto request = wire::parse_request(frame.body);
    BOOST_REQUIRE(request);
    v1::Response response;
    switch (request->operation_case()) {
    case v1::Request::kHello: response.mutable_welcome()->set_version(1); break;
    case v1::Request::kWatchKeyrings: response.mutable_watching()->set_incarnation(7); break;
    case v1::Request::kGetHealth: response.mutable_health()->set_version("fake"); break;
    case v1::Request::kGetKeyring: response.mutable_error()->set_code(v1::KEYRING_UNKNOWN); break;
    default: response.mutable_done(); break;
    }
    return framed(frame.header.correlation_id, response);
}

v1::Request health_request()
{
    v1::Request request;
    request.mutable_get_health();
    return request;
}

struct Bench {
    SocketDirectory directory;
    asio::io_context loop;
    ClientOptions options{.socket_path = directory.socket(), .program = "test"};

    void until(const std::function<bool()>& done)
    {
        const auto end = std::chrono::steady_clock::now() + Seconds{20};
        while (!done() && std::chrono::steady_clock::now() < end) {
            loop.restart();
            loop.run_one_for(Milliseconds{50});
        }
        BOOST_REQUIRE(done());
    }

    Result<v1::Response, KeydError> call(Client& client, v1::Request request,
                                         Milliseconds deadline = Milliseconds{2000})
    {
        std::optional<Result<v1::Response, KeydError>> outcome;
        asio::co_spawn(loop, run(client, std::move(request), deadline, outcome), asio::detached);
        until([&] { return outcome.has_value(); });
        return *outcome;
    }

    static Async<void> run(Client& client, v1::Request request, Milliseconds deadline,
                           std::optional<Result<v1::Response, KeydError>>& outcome)
    {
        outcome.emplace(co_await client.call(std::move(request), deadline));
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keyd_client)

BOOST_FIXTURE_TEST_CASE(a_call_gets_the_answer_that_belongs_to_it, Bench)
{
    FakeKeyd keyd{loop, options.socket_path, good_answer};
    int connected = 0;
    ClientEvents events;
    events.connected = [&] { ++connected; };
    Client client{loop, options, events};
    client.start();
    const auto answer = call(client, health_request());
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer.value().health().version() == "fake");
    BOOST_TEST(client.is_connected());
    BOOST_TEST(connected == 1);

    v1::Request unknown;
    unknown.mutable_get_keyring()->set_keyring_id("keyring_x");
    const auto refused = call(client, unknown);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().fault == KeydFault::not_found));
    BOOST_TEST(refused.error().code_name == "KEYRING_UNKNOWN");

    v1::Request sign;
    sign.mutable_sign_jwt();  // answered Done, which is no SignedJwt
    const auto foreign = call(client, sign);
    BOOST_REQUIRE(!foreign);
    BOOST_TEST((foreign.error().fault == KeydFault::protocol));
}

BOOST_FIXTURE_TEST_CASE(calls_of_one_turn_leave_in_one_write_and_more_than_the_limit_wait_their_turn, Bench)
{
    FakeKeyd keyd{loop, options.socket_path, good_answer};
    Client client{loop, options, {}};
    client.start();
    until([&] { return client.is_connected(); });
    BOOST_REQUIRE(call(client, health_request()));
    const std::size_t reads_before = keyd.reads;
    constexpr std::size_t calls = 3000;
    std::vector<std::optional<Result<v1::Response, KeydError>>> outcomes(calls);
    for (auto& outcome : outcomes) {
        asio::co_spawn(loop, run(client, health_request(), Milliseconds{20'000}, outcome), asio::detached);
    }
    until([&] {
        return std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome.has_value(); });
    });
    BOOST_TEST(std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome->has_value(); }));
    BOOST_TEST(keyd.reads - reads_before < calls / 4);
}

BOOST_FIXTURE_TEST_CASE(an_absent_keyd_fails_the_call_at_its_deadline_and_is_found_when_it_comes, Bench)
{
    Client client{loop, options, {}};
    client.start();
    const auto before = std::chrono::steady_clock::now();
    const auto answer = call(client, health_request(), Milliseconds{100});
    const auto took = std::chrono::steady_clock::now() - before;
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error().fault == KeydFault::unavailable));
    BOOST_TEST(answer.error().code_name == "NOT_CONNECTED");
    BOOST_TEST((took >= Milliseconds{100} && took < Milliseconds{2000}));
    FakeKeyd keyd{loop, options.socket_path, good_answer};
    BOOST_TEST(call(client, health_request()).has_value());  // waited for the connection
}

BOOST_FIXTURE_TEST_CASE(a_keyd_that_never_answers_costs_a_call_its_deadline_and_no_more, Bench)
{
    FakeKeyd keyd{loop, options.socket_path, [](const wire::Frame& frame) -> std::optional<std::string> {
                      const auto request = wire::parse_request(frame.body);
                      return request && request->has_get_health() ? "" : good_answer(frame);
                  }};
    Client client{loop, options, {}};
    client.start();
    const auto answer = call(client, health_request(), Milliseconds{80});
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code_name == "DEADLINE_EXCEEDED");
    BOOST_TEST(client.is_connected());
}

BOOST_FIXTURE_TEST_CASE(waiting_is_bounded, Bench)
{
    options.waiting_max = 10;
    Client client{loop, options, {}};  // never connected
    client.start();
    std::vector<std::optional<Result<v1::Response, KeydError>>> outcomes(11);
    for (auto& outcome : outcomes) {
        asio::co_spawn(loop, run(client, health_request(), Milliseconds{100}, outcome), asio::detached);
    }
    until([&] {
        return std::ranges::all_of(outcomes, [](const auto& outcome) { return outcome.has_value(); });
    });
    BOOST_TEST(outcomes.back()->error().code_name == "OVERLOADED");
    BOOST_TEST(outcomes.front()->error().code_name == "NOT_CONNECTED");
}

BOOST_FIXTURE_TEST_CASE(garbage_breaks_the_connection_and_calls_in_flight_fail_at_once, Bench)
{
    int disconnected = 0;
    FakeKeyd keyd{loop, options.socket_path, [](const wire::Frame& frame) -> std::optional<std::string> {
                      const auto request = wire::parse_request(frame.body);
                      return request && request->has_get_health() ? "HTTP/1.1 400 Bad Request\r\n\r\n"
                                                                  : good_answer(frame);
                  }};
    ClientEvents events;
    events.disconnected = [&] { ++disconnected; };
    Client client{loop, options, events};
    client.start();
    const auto answer = call(client, health_request(), Milliseconds{10'000});
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().code_name == "DISCONNECTED");
    BOOST_TEST(!client.is_connected());
    BOOST_TEST(disconnected == 1);
}

BOOST_FIXTURE_TEST_CASE(an_older_or_newer_keyd_is_never_served_from, Bench)
{
    const auto refuses = [](const wire::Frame& frame) -> std::optional<std::string> {
        v1::Response response;
        response.mutable_error()->set_code(v1::VERSION_UNSUPPORTED);
        response.mutable_error()->set_version_min(2);
        response.mutable_error()->set_version_max(3);
        return framed(frame.header.correlation_id, response);
    };
    const auto frames_of_version_2 = [](const wire::Frame& frame) -> std::optional<std::string> {
        std::string out;
        wire::append_header(
            out,
            {.version = 2, .kind = wire::FrameKind::response, .correlation_id = frame.header.correlation_id});
        return out;
    };
    const auto welcomes_with_version_2 = [](const wire::Frame& frame) -> std::optional<std::string> {
        v1::Response response;
        response.mutable_welcome()->set_version(2);
        return framed(frame.header.correlation_id, response);
    };
    for (const FakeKeyd::Answer& answer : {FakeKeyd::Answer{refuses}, FakeKeyd::Answer{frames_of_version_2},
                                           FakeKeyd::Answer{welcomes_with_version_2}}) {
        std::filesystem::remove(options.socket_path);
        FakeKeyd keyd{loop, options.socket_path, answer};
        Client client{loop, options, {}};
        client.start();
        const auto outcome = call(client, health_request(), Milliseconds{150});
        BOOST_REQUIRE(!outcome);
        BOOST_TEST((outcome.error().fault == KeydFault::unavailable));
        BOOST_TEST(keyd.connections == 1U);  // it does not hammer
    }
}

BOOST_FIXTURE_TEST_CASE(a_keyd_that_closes_without_an_answer_is_tried_again, Bench)
{
    int frames = 0;
    FakeKeyd keyd{loop, options.socket_path, [&](const wire::Frame& frame) -> std::optional<std::string> {
                      return ++frames <= 3 ? std::nullopt : good_answer(frame);
                  }};
    Client client{loop, options, {}};
    client.start();
    BOOST_TEST(call(client, health_request()).has_value());
    BOOST_TEST(keyd.connections == 4U);
}

BOOST_FIXTURE_TEST_CASE(what_keyd_pushes_reaches_the_events, Bench)
{
    FakeKeyd keyd{loop, options.socket_path, [](const wire::Frame& frame) {
                      std::string out = *good_answer(frame);
                      const auto request = wire::parse_request(frame.body);
                      if (request && request->has_watch_keyrings()) {
                          v1::Event event;
                          event.mutable_keyring_changed()->mutable_keyring()->set_keyring_id("keyring_y");
                          BOOST_REQUIRE(wire::append_frame(out, wire::FrameKind::event, 0, event));
                      }
                      return std::optional{out};
                  }};
    std::string changed;
    ClientEvents events;
    events.keyring_changed = [&](const v1::KeyringChanged& event) { changed = event.keyring().keyring_id(); };
    Client client{loop, options, events};
    client.start();
    until([&] { return !changed.empty(); });
    BOOST_TEST(changed == "keyring_y");
}

BOOST_FIXTURE_TEST_CASE(destroying_the_client_fails_what_waits, Bench)
{
    std::optional<Result<v1::Response, KeydError>> outcome;
    auto client = std::make_unique<Client>(loop, options, ClientEvents{});
    client->start();
    asio::co_spawn(loop, run(*client, health_request(), Milliseconds{60'000}, outcome), asio::detached);
    loop.run_for(Milliseconds{20});
    client.reset();
    until([&] { return outcome.has_value(); });
    BOOST_TEST(outcome->error().code_name == "STOPPED");
    loop.restart();
    BOOST_TEST(loop.run_for(Seconds{5}) < 100U);  // nothing keeps the loop busy
    BOOST_TEST(loop.stopped());
}

BOOST_AUTO_TEST_CASE(every_error_code_has_a_fault_of_its_own_choosing)
{
    const auto* codes = v1::ErrorCode_descriptor();
    for (int i = 0; i < codes->value_count(); ++i) {
        v1::Error error;
        error.set_code(static_cast<v1::ErrorCode>(codes->value(i)->number()));
        BOOST_TEST(to_keyd_error(error).code_name == codes->value(i)->name());
    }
    v1::Error newer;
    newer.set_code(static_cast<v1::ErrorCode>(77));
    BOOST_TEST(to_keyd_error(newer).code_name == "ERROR_77");
    BOOST_TEST((to_keyd_error(newer).fault == KeydFault::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()
