// SR-13 and the limits of the HTTP client, against real sockets on loopback.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <list>
#include <mutex>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "daemon/outbound/fetch.hpp"
#include "tests/unit/outbound_server.hpp"

namespace tessera::outbound {

inline std::ostream& operator<<(std::ostream& out, FetchFault fault) { return out << to_string(fault); }

}  // namespace tessera::outbound

namespace tessera::tests {

using namespace outbound;

namespace {

Answer hello(const std::string&)
{
    return http_answer("200 OK\r\nContent-Type: application/json", "{\"hello\":1}");
}

AllowList allow(const std::vector<std::string>& entries)
{
    std::string bad;
    auto list = AllowList::parse(entries, bad);
    BOOST_REQUIRE_MESSAGE(list, bad);
    return *list;
}

using Outcome = Result<Fetched, FetchError>;

// Kept until the end: a fetcher's thread may still be about to leave the loop it woke.
asio::io_context& fresh_loop()
{
    static std::mutex mutex;
    static std::list<asio::io_context> loops;
    const std::lock_guard lock{mutex};
    return loops.emplace_back();
}

// Fetches all at once on a loop of its own; the outcomes in the order of the requests.
std::vector<Outcome> fetch_all(Fetcher& fetcher, const std::vector<FetchRequest>& requests)
{
    asio::io_context& loop = fresh_loop();
    std::vector<Outcome> outcomes(requests.size(), Outcome{FetchError{}});
    const auto one = [](Fetcher& by, FetchRequest request, Outcome& outcome) -> Async<void> {
        outcome = co_await by.fetch(std::move(request));
    };
    for (std::size_t i = 0; i < requests.size(); ++i) {
        asio::co_spawn(loop, one(fetcher, requests[i], outcomes[i]), asio::detached);
    }
    loop.run();
    return outcomes;
}

Outcome fetch(Fetcher& fetcher, const FetchRequest& request) { return fetch_all(fetcher, {request}).front(); }

FetchFault fault_of(const Outcome& outcome)
{
    BOOST_REQUIRE(outcome.has_error());
    return outcome.error().fault;
}

Fetched answer_of(const Outcome& outcome)
{
    if (outcome.has_error()) {
        BOOST_FAIL(outcome.error().detail);
    }
    return outcome.value();
}

// A plain server the list opens.
struct Open {
    explicit Open(OutboundServer::Handler handler)
        : server(std::move(handler)),
          fetcher({allow({"http://127.0.0.1:" + std::to_string(server.port())}), {}})
    {
    }
    OutboundServer server;
    Fetcher fetcher;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(outbound_fetch)

BOOST_AUTO_TEST_CASE(outbound_reaches_no_private_address)
{
    OutboundServer v4{hello, {}, "0.0.0.0"};
    OutboundServer v6{hello, {}, "::"};
    const std::string p4 = ":" + std::to_string(v4.port()) + "/";
    const std::string p6 = ":" + std::to_string(v6.port()) + "/";
    // The same port under other names is open, so that nothing but the address decides.
    Fetcher fetcher{{allow({"other.example" + p4.substr(0, p4.size() - 1), "127.0.0.1:1"}), {}}};
    const std::vector<std::string> urls = {"https://127.0.0.1" + p4,
                                           "https://localhost" + p4,
                                           "https://localhost" + p6,
                                           "https://127.1" + p4,
                                           "https://2130706433" + p4,
                                           "https://0x7f000001" + p4,
                                           "https://0177.0.0.1" + p4,
                                           "https://0x7f.0.0.1" + p4,
                                           "https://127.99.1.2" + p4,
                                           "https://0.0.0.0" + p4,
                                           "https://0" + p4,
                                           "https://[::1]" + p6,
                                           "https://[::]" + p6,
                                           "https://[::ffff:127.0.0.1]" + p4,
                                           "https://[::ffff:7f00:1]" + p4,
                                           "https://[0:0:0:0:0:ffff:127.0.0.1]" + p4};
    for (const std::string& url : urls) {
        const Outcome outcome = fetch(fetcher, {.url = url});
        BOOST_TEST(fault_of(outcome) == FetchFault::refused, url << ": " << outcome.error().detail);
        // The same words as for a server that is not there, and nothing of the address.
        BOOST_TEST(outcome.error().description == "The server could not be reached.");
    }
    BOOST_TEST(v4.connections() == 0);
    BOOST_TEST(v6.connections() == 0);
    BOOST_TEST(fetcher.counts().refused == urls.size());
}

BOOST_AUTO_TEST_CASE(only_https_without_user_information_is_asked_and_http_where_the_list_opens_it)
{
    Open open{hello};
    const std::string port = std::to_string(open.server.port());
    for (const std::string& url :
         {std::string{"ftp://127.0.0.1/"}, std::string{"file:///etc/passwd"},
          std::string{"gopher://127.0.0.1:70/_x"}, std::string{"http://127.0.0.1:1/"},
          "http://user@127.0.0.1:" + port + "/", "http://user:secret@127.0.0.1:" + port + "/",
          "http://127.0.0.1:" + port + "/a b", "http://127.0.0.1:" + port + "/\r\nX: y",
          std::string{"//127.0.0.1/"}, std::string{""},
          "http://127.0.0.1:" + port + "/" + std::string(url_bytes_max, 'a')}) {
        BOOST_TEST_CONTEXT(url)
        {
            BOOST_TEST(fault_of(fetch(open.fetcher, {.url = url})) == FetchFault::invalid);
        }
    }
    FetchRequest request{.url = open.server.url("/")};
    request.headers = {{"Accept", "x\r\nInjected: y"}};
    BOOST_TEST(fault_of(fetch(open.fetcher, request)) == FetchFault::invalid);
    BOOST_TEST(open.server.connections() == 0);
}

BOOST_AUTO_TEST_CASE(an_answer_comes_back_with_its_headers_and_nothing_of_ours_is_told)
{
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    Open open{hello};
    const Fetched answer = answer_of(fetch(open.fetcher, {.url = open.server.url("/doc?x=1")}));
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.header("content-type") == "application/json");
    BOOST_TEST(answer.header("set-cookie") == "");
    BOOST_TEST(answer.body == "{\"hello\":1}");
    const std::string request = open.server.last_request();
    BOOST_TEST(request.starts_with("GET /doc?x=1 HTTP/1.1\r\n"));
    BOOST_TEST(request.find("Cookie") == std::string::npos);
    BOOST_TEST(request.find("Authorization") == std::string::npos);
    BOOST_TEST(request.find("User-Agent: Tessera/") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cookie_is_not_kept)
{
    Open open{[](const std::string&) { return http_answer("200 OK\r\nSet-Cookie: a=b", "x"); }};
    answer_of(fetch(open.fetcher, {.url = open.server.url("/")}));
    answer_of(fetch(open.fetcher, {.url = open.server.url("/")}));
    BOOST_TEST(open.server.last_request().find("Cookie") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_form_is_posted)
{
    Open open{hello};
    FetchRequest request{.url = open.server.url("/token"), .method = Method::post};
    request.body = encode_form({{"grant_type", "authorization_code"}, {"code", "a b&c=d/ä"}});
    request.headers = {{"Authorization", "Basic eDp5"}};
    answer_of(fetch(open.fetcher, request));
    const std::string seen = open.server.last_request();
    BOOST_TEST(seen.starts_with("POST /token HTTP/1.1\r\n"));
    BOOST_TEST(seen.find("Content-Type: application/x-www-form-urlencoded\r\n") != std::string::npos);
    BOOST_TEST(seen.find("Authorization: Basic eDp5\r\n") != std::string::npos);
    BOOST_TEST(seen.find("Expect:") == std::string::npos);
    BOOST_TEST(seen.ends_with("grant_type=authorization_code&code=a%20b%26c%3Dd%2F%C3%A4"));
}

BOOST_AUTO_TEST_CASE(a_redirect_is_not_followed_unless_asked_and_then_on_the_same_origin_only)
{
    OutboundServer elsewhere{hello};
    std::string location;
    Open open{[&](const std::string& request) {
        return request.starts_with("GET /end ") ? hello(request)
                                                : http_answer("302 Found\r\nLocation: " + location);
    }};
    location = "/end";
    FetchRequest request{.url = open.server.url("/start")};
    BOOST_TEST(answer_of(fetch(open.fetcher, request)).status == 302);
    request.redirects = Redirects::same_origin;
    BOOST_TEST(answer_of(fetch(open.fetcher, request)).body == "{\"hello\":1}");
    for (const std::string& to :
         {elsewhere.url("/end"), open.server.url("/end", "http", "localhost"),
          open.server.url("/end", "https"), std::string{"file:///etc/passwd"}, std::string{"/start"}}) {
        location = to;
        BOOST_TEST(fault_of(fetch(open.fetcher, request)) == FetchFault::redirected, to);
    }
    BOOST_TEST(elsewhere.connections() == 0);
    location = "/end";
    request.method = Method::post;
    BOOST_TEST(answer_of(fetch(open.fetcher, request)).status == 302);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_too_long_is_cut_off_however_it_says_its_length)
{
    Open open{[](const std::string& request) -> Answer {
        const std::string body(2000, 'x');
        if (request.starts_with("GET /length ")) {
            return http_answer("200 OK", body);
        }
        if (request.starts_with("GET /close ")) {
            return {"HTTP/1.1 200 OK\r\n\r\n" + body, true};
        }
        if (request.starts_with("GET /chunks ")) {
            return {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + body + "\r\n0\r\n\r\n"};
        }
        std::string head = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 100; ++i) {
            head += "X-" + std::to_string(i) + ": " + std::string(1000, 'h') + "\r\n";
        }
        return {head + "Content-Length: 0\r\n\r\n"};
    }};
    for (const char* path : {"/length", "/close", "/chunks", "/headers"}) {
        FetchRequest request{.url = open.server.url(path)};
        request.body_bytes_max = 1999;
        BOOST_TEST(fault_of(fetch(open.fetcher, request)) == FetchFault::too_large, path);
    }
    FetchRequest exact{.url = open.server.url("/length")};
    exact.body_bytes_max = 2000;
    BOOST_TEST(answer_of(fetch(open.fetcher, exact)).body.size() == 2000U);
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_costs_its_time_limit_and_delays_nobody)
{
    Open open{[](const std::string& request) -> Answer {
        return request.starts_with("GET /fast ")
                   ? hello(request)
                   : Answer{"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx", true};
    }};
    std::vector<FetchRequest> requests;
    for (int i = 0; i < 8; ++i) {
        requests.push_back({.url = open.server.url("/slow"), .total_max = Milliseconds{1500}});
    }
    const Tick begun = std::chrono::steady_clock::now();
    std::vector<Outcome> slow;
    std::thread waiting{[&] { slow = fetch_all(open.fetcher, requests); }};
    answer_of(fetch(open.fetcher, {.url = open.server.url("/fast")}));
    const auto fast_took = std::chrono::steady_clock::now() - begun;
    waiting.join();
    const auto slow_took = std::chrono::steady_clock::now() - begun;
    BOOST_TEST((fast_took < Milliseconds{1400}));
    BOOST_TEST((slow_took < Milliseconds{4500}));
    for (const Outcome& outcome : slow) {
        BOOST_TEST(fault_of(outcome) == FetchFault::timeout);
    }
}

BOOST_AUTO_TEST_CASE(one_realm_cannot_take_all_transfers)
{
    OutboundServer server{[](const std::string& request) -> Answer {
        return request.starts_with("GET /fast ") ? hello(request) : Answer{{}, true};
    }};
    Fetcher fetcher{{allow({"http://127.0.0.1:" + std::to_string(server.port())}), {}, 8}};
    const ProjectId greedy = ProjectId::random();
    std::vector<FetchRequest> requests(
        5, {.url = server.url("/slow"), .total_max = Milliseconds{700}, .project = greedy});
    requests.push_back({.url = server.url("/fast"), .project = ProjectId::random()});
    const auto outcomes = fetch_all(fetcher, requests);
    const auto shed = std::ranges::count_if(outcomes, [](const Outcome& o) {
        return o.has_error() && o.error().fault == FetchFault::overloaded;
    });
    BOOST_TEST(shed == 3);
    BOOST_TEST(answer_of(outcomes.back()).status == 200);
    // What has ended is given back.
    BOOST_TEST(answer_of(fetch(fetcher, {.url = server.url("/fast"), .project = greedy})).status == 200);
}

BOOST_AUTO_TEST_CASE(whoever_makes_us_fetch_leaves_room_for_logouts)
{
    OutboundServer server{[](const std::string& request) -> Answer {
        return request.starts_with("POST /logout ") ? hello(request) : Answer{{}, true};
    }};
    Fetcher fetcher{{allow({"http://127.0.0.1:" + std::to_string(server.port())}), {}, 8}};
    const ProjectId realm = ProjectId::random();
    std::vector<FetchRequest> requests;
    for (const ProjectId& each : {realm, ProjectId::random(), ProjectId::random(), ProjectId::random()}) {
        requests.insert(requests.end(), 3,
                        {.url = server.url("/slow"), .total_max = Milliseconds{700}, .project = each});
    }
    requests.insert(
        requests.end(), 2,
        {.url = server.url("/logout"), .method = Method::post, .project = realm, .purpose = Purpose::logout});
    const auto outcomes = fetch_all(fetcher, requests);
    const auto shed = std::ranges::count_if(outcomes, [](const Outcome& o) {
        return o.has_error() && o.error().fault == FetchFault::overloaded;
    });
    BOOST_TEST(shed == 6);
    BOOST_TEST(answer_of(outcomes.back()).status == 200);
    BOOST_TEST(answer_of(outcomes[outcomes.size() - 2]).status == 200);
}

BOOST_AUTO_TEST_CASE(a_connection_cut_off_and_a_port_nobody_listens_on_are_unreachable)
{
    Open open{[](const std::string&) { return Answer{}; }};
    BOOST_TEST(fault_of(fetch(open.fetcher, {.url = open.server.url("/")})) == FetchFault::unreachable);
    Fetcher fetcher{{allow({"http://127.0.0.1:1"}), {}}};
    BOOST_TEST(fault_of(fetch(fetcher, {.url = "http://127.0.0.1:1/"})) == FetchFault::unreachable);
    Fetcher any{{{}, {}}};
    BOOST_TEST(fault_of(fetch(any, {.url = "https://nowhere.invalid/"})) == FetchFault::unreachable);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_trusted_when_it_is_current_named_and_vouched_for)
{
    const TestAuthority authority;
    const auto status_with = [&](boost::asio::ssl::context certificate, const std::string& ca_file) {
        OutboundServer server{hello, std::move(certificate)};
        const std::string port = std::to_string(server.port());
        Fetcher fetcher{{allow({"127.0.0.1:" + port}), ca_file}};
        return fetch(fetcher, {.url = "https://127.0.0.1:" + port + "/"});
    };
    const std::string named = "IP:127.0.0.1";
    BOOST_TEST(answer_of(status_with(authority.certificate_for(named), authority.ca_file())).status == 200);
    BOOST_TEST(fault_of(status_with(authority.certificate_for(named), "")) == FetchFault::untrusted);
    BOOST_TEST(fault_of(status_with(authority.certificate_for("DNS:localhost"), authority.ca_file()))
               == FetchFault::untrusted);
    BOOST_TEST(fault_of(status_with(authority.certificate_for(named, -1), authority.ca_file()))
               == FetchFault::untrusted);
    const TestAuthority other;
    BOOST_TEST(fault_of(status_with(authority.certificate_for(named), other.ca_file()))
               == FetchFault::untrusted);
    auto old = authority.certificate_for(named);
    SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_1_VERSION);
    BOOST_TEST(fault_of(status_with(std::move(old), authority.ca_file())) == FetchFault::untrusted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
