#include <boost/test/unit_test.hpp>

#include "daemon/http/parser.hpp"
#include "daemon/http/target.hpp"

using namespace tessera::http;

BOOST_AUTO_TEST_SUITE(http_parser)

namespace {

const Limits limits;

// Feeds everything at once, the body too; the status of a refusal, 0 when the request is complete, -1 when it is not.
int outcome(Parser& parser, std::string_view bytes, std::size_t body_bytes_max = 1000)
{
    std::size_t consumed = 0;
    auto need = parser.feed_head(bytes, consumed);
    if (need == Parser::Need::body) {
        if (!parser.set_body_limit(body_bytes_max)) {
            return parser.refusal().status;
        }
        bytes.remove_prefix(consumed);
        need = parser.feed_body(bytes, consumed);
    }
    return need == Parser::Need::refused ? parser.refusal().status : need == Parser::Need::nothing ? 0 : -1;
}

int status_of(std::string_view bytes)
{
    Parser parser{limits};
    return outcome(parser, bytes);
}

std::string with(std::string_view fields, std::string_view body = {})
{
    return "POST /token HTTP/1.1\r\nHost: a\r\n" + std::string{fields} + "\r\n" + std::string{body};
}

}  // namespace

BOOST_AUTO_TEST_CASE(reads_a_request_with_a_body_byte_by_byte)
{
    const std::string bytes = with("Content-Length: 5\r\nX-A:  b c \r\n", "hello");
    Parser parser{limits};
    std::size_t consumed = 0;
    const std::size_t head_bytes = bytes.size() - 5;
    for (std::size_t size = 1; size < head_bytes; ++size) {
        BOOST_REQUIRE(parser.feed_head(std::string_view{bytes}.substr(0, size), consumed)
                      == Parser::Need::more);
    }
    BOOST_REQUIRE(parser.feed_head(bytes, consumed) == Parser::Need::body);
    BOOST_TEST(consumed == head_bytes);
    BOOST_REQUIRE(parser.set_body_limit(5));
    BOOST_REQUIRE(parser.feed_body(std::string_view{bytes}.substr(consumed), consumed)
                  == Parser::Need::nothing);
    BOOST_TEST(parser.request().body == "hello");
    BOOST_TEST(parser.request().find("x-a") == "b c");
    BOOST_TEST(parser.keep_alive());
}

BOOST_AUTO_TEST_CASE(reads_chunks_and_stops_at_the_next_request)
{
    const std::string bytes =
        with("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET / HTTP/1.1\r\n");
    Parser parser{limits};
    std::size_t head = 0;
    std::size_t body = 0;
    BOOST_REQUIRE(parser.feed_head(bytes, head) == Parser::Need::body);
    BOOST_REQUIRE(parser.set_body_limit(5));
    BOOST_REQUIRE(parser.feed_body(std::string_view{bytes}.substr(head), body) == Parser::Need::nothing);
    BOOST_TEST(parser.request().body == "abcde");
    BOOST_TEST(bytes.substr(head + body) == "GET / HTTP/1.1\r\n");
}

BOOST_AUTO_TEST_CASE(refuses_every_smuggling_shape)
{
    BOOST_TEST(status_of(with("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")) == 400);
    BOOST_TEST(status_of(with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")) == 400);
    BOOST_TEST(status_of(with("Content-Length: 3, 3\r\n", "abc")) == 400);
    BOOST_TEST(status_of(with("Content-Length: +3\r\n", "abc")) == 400);
    BOOST_TEST(status_of(with("Content-Length: 0x3\r\n", "abc")) == 400);
    BOOST_TEST(status_of(with("Content-Length: 99999999999999999999999\r\n")) == 400);
    BOOST_TEST(status_of(with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"))
               == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: identity\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")) == 400);
    BOOST_TEST(status_of("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\nHost: a\n\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: y\rZ: w\r\n\r\n") == 400);
    BOOST_TEST(status_of(with("X-A: b\r\n c\r\n")) == 400);
    BOOST_TEST(status_of(with("X: a" + std::string(1, '\0') + "b\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\n", "0\r\nAuthorization: x\r\n\r\n")) == 400);
    BOOST_TEST(status_of(with("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n")) == 400);
}

BOOST_AUTO_TEST_CASE(host_must_be_there_once)
{
    BOOST_TEST(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.0\r\n\r\n") == 0);
}

BOOST_AUTO_TEST_CASE(limits_hold_at_the_byte)
{
    const auto url = [](std::size_t bytes) {
        return "GET /" + std::string(bytes - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    BOOST_TEST(status_of(url(limits.url_bytes_max)) == 0);
    BOOST_TEST(status_of(url(limits.url_bytes_max + 1)) == 414);
    BOOST_TEST(status_of("GET /" + std::string(limits.head_bytes_max, 'a')) == 414);
    const std::string frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
    const auto header = [&](std::size_t head_bytes) {
        return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(head_bytes - frame.size(), 'a') + "\r\n\r\n";
    };
    BOOST_TEST(status_of(header(limits.head_bytes_max)) == 0);
    BOOST_TEST(status_of(header(limits.head_bytes_max + 1)) == 431);
    std::string many;
    for (std::size_t i = 1; i < limits.headers_max; ++i) {
        many += "A: b\r\n";
    }
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n") == 0);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\n" + many + "A: b\r\n\r\n") == 431);
}

BOOST_AUTO_TEST_CASE(a_body_is_bounded_however_it_is_framed)
{
    Parser parser{limits};
    BOOST_TEST(outcome(parser, with("Content-Length: 4\r\n", "abcd"), 4) == 0);
    parser.next();
    BOOST_TEST(outcome(parser, with("Content-Length: 5\r\n"), 4) == 413);
    parser.next();
    BOOST_TEST(outcome(parser, with("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"), 4)
               == 0);
    parser.next();
    BOOST_TEST(outcome(parser, with("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n3\r\ncd"), 4) == 413);
}

// RFC 9112 §7.1. A last chunk that came in two pieces once ended the process.
BOOST_AUTO_TEST_CASE(chunks_mean_the_same_however_they_are_cut)
{
    struct Case {
        std::string body;
        int status;
        std::string content;
    };
    for (const auto& [body, status, content] : std::initializer_list<Case>{
             {"0\r\n\r\n", 0, ""},
             {"3\r\nabc\r\n00a\r\n0123456789\r\n0\r\n\r\n", 0, "abc0123456789"},
             {"0000000000000003\r\nabc\r\n0000000000000000\r\n\r\n", 0, "abc"},
             {"00000000000000003\r\nabc\r\n0\r\n\r\n", 400, {}},
             {"FFFFFFFFFFFFFFFF\r\nabc", 413, {}},
             {"0\r\nx", 400, {}},
             {"0\r\n\rx", 400, {}},
             {"0\n\n", 400, {}},
             {"\r\n0\r\n\r\n", 400, {}},
             {"3 \r\nabc\r\n", 400, {}},
             {"3\r\nabcd", 400, {}},
             {"3\r\nabc\n0", 400, {}},
             {"3;a=b\r\n", 400, {}},
         }) {
        const std::string bytes = with("Transfer-Encoding: chunked\r\n", body);
        for (std::size_t step = 1; step <= bytes.size(); ++step) {
            Parser parser{limits};
            std::size_t taken = 0;
            BOOST_REQUIRE(parser.feed_head(bytes, taken) == Parser::Need::body);
            BOOST_REQUIRE(parser.set_body_limit(1000));
            auto need = Parser::Need::more;
            for (std::size_t come = taken; need == Parser::Need::more && come < bytes.size();) {
                come = std::min(come + step, bytes.size());
                std::size_t consumed = 0;
                need = parser.feed_body(std::string_view{bytes}.substr(taken, come - taken), consumed);
                taken += consumed;
            }
            BOOST_TEST((need == Parser::Need::refused ? parser.refusal().status : 0) == status,
                       body << " by " << step);
            BOOST_TEST((need == Parser::Need::nothing) == (status == 0), body << " by " << step);
            BOOST_TEST((status != 0 || parser.request().body == content));
        }
    }
}

BOOST_AUTO_TEST_CASE(versions_and_expectations)
{
    BOOST_TEST(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == 505);
    BOOST_TEST(status_of("GET /\r\n\r\n") == 400);
    BOOST_TEST(status_of(with("Expect: a miracle\r\n")) == 417);
    Parser parser{limits};
    BOOST_TEST(outcome(parser, with("Expect: 100-continue\r\nContent-Length: 1\r\n")) == -1);
    BOOST_TEST(parser.expects_continue());
}

BOOST_AUTO_TEST_CASE(one_empty_line_before_a_request_is_ignored)
{
    BOOST_TEST(status_of("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == 0);
    BOOST_TEST(status_of("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

BOOST_AUTO_TEST_CASE(targets_are_decoded_once_and_never_ambiguous)
{
    BOOST_TEST(parse_target("/realms/a%63me/token?x=%2F").value().path == "/realms/acme/token");
    BOOST_TEST(parse_target("/a?x=%2F").value().query == "x=%2F");
    BOOST_TEST(parse_target("/a").value().has_query == false);
    BOOST_TEST(parse_target("/a?").value().has_query == true);
    BOOST_TEST(parse_target("http://evil.example/realms/a").value().path == "/realms/a");
    BOOST_TEST(parse_target("HTTPS://h").value().path == "/");
    BOOST_TEST(parse_target("/%C3%A9").value().path == "/é");
    BOOST_TEST(parse_target("/a/").value().path == "/a/");
    for (const char* bad :
         {"",     "a",     "/a%2Fb",    "/a%5cb", "/a\\b", "/a/../b",     "/a/./b",   "/..",
          "//a",  "/a//b", "/%2e%2e/a", "/%",     "/%4",   "/%zz",        "/%00",     "/%0a",
          "/%7f", "/%ff",  "/\xc3\xa9", "/a b",   "/a#b",  "http://u@h/", "ftp://h/", "http:///a"}) {
        BOOST_TEST(parse_target(bad).has_error(), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
