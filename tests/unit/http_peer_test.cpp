#include <boost/test/unit_test.hpp>

#include "base/encoding.hpp"
#include "daemon/http/admission.hpp"
#include "daemon/http/correlation.hpp"
#include "daemon/http/network.hpp"
#include "daemon/http/proxy.hpp"
#include "daemon/http/serialize.hpp"

using namespace tessera;
using namespace tessera::http;

BOOST_AUTO_TEST_SUITE(http_peer)

namespace {

TrustedProxies trust(std::vector<std::string> items)
{
    std::string bad;
    auto trusted = TrustedProxies::parse(items, bad);
    BOOST_REQUIRE(trusted.has_value());
    return *trusted;
}

Request from(std::string address, std::vector<Header> headers)
{
    Request request;
    request.peer.address = std::move(address);
    request.headers = std::move(headers);
    return request;
}

std::string client_of(Request request, const TrustedProxies& trusted,
                      ForwardedBy by = ForwardedBy::x_forwarded_for)
{
    apply_forwarded(request, trusted, by);
    return request.peer.address;
}

const std::string v2_ipv4{
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\x0a\x00\x00\x01\x30\x39\x01\xbb", 28};

}  // namespace

BOOST_AUTO_TEST_CASE(proxy_header_gives_the_client)
{
    const auto header = parse_proxy_v2(v2_ipv4 + "GET /");
    BOOST_REQUIRE(header.has_value());
    BOOST_TEST(header.value().address == "192.0.2.7");
    BOOST_TEST(header.value().port == 12345);
    BOOST_TEST(header.value().bytes == 28U);
}

BOOST_AUTO_TEST_CASE(proxy_header_needs_all_its_bytes)
{
    for (std::size_t size = 0; size < v2_ipv4.size(); ++size) {
        BOOST_CHECK(parse_proxy_v2(v2_ipv4.substr(0, size)).error() == ProxyFault::incomplete);
    }
}

BOOST_AUTO_TEST_CASE(proxy_header_of_another_shape_is_malformed)
{
    const auto with_byte = [](std::size_t at, char value) {
        std::string bytes = v2_ipv4;
        bytes[at] = value;
        return parse_proxy_v2(bytes);
    };
    BOOST_CHECK(with_byte(0, 'G').error() == ProxyFault::malformed);
    BOOST_CHECK(with_byte(12, '\x11').error() == ProxyFault::malformed);  // version 1
    BOOST_CHECK(with_byte(12, '\x22').error() == ProxyFault::malformed);  // unknown command
    BOOST_CHECK(with_byte(13, '\x31').error() == ProxyFault::malformed);  // Unix sockets
    BOOST_CHECK(with_byte(14, '\x7f').error() == ProxyFault::malformed);  // too long
    BOOST_CHECK(with_byte(15, '\x04').error() == ProxyFault::malformed);  // too short for its addresses
    BOOST_TEST(with_byte(12, '\x20').value().local);
}

BOOST_AUTO_TEST_CASE(forwarded_is_believed_from_configured_hops_only)
{
    const auto proxies = trust({"10.0.0.0/8", "::1"});
    BOOST_TEST(client_of(from("10.1.2.3", {{"X-Forwarded-For", "192.0.2.1"}}), proxies) == "192.0.2.1");
    BOOST_TEST(client_of(from("11.1.2.3", {{"X-Forwarded-For", "192.0.2.1"}}), proxies) == "11.1.2.3");
    BOOST_TEST(client_of(from("::1", {{"Forwarded", "for=\"[2001:db8::1]:4711\";proto=https"}}), proxies,
                         ForwardedBy::forwarded)
               == "2001:db8::1");
    // What the client itself wrote stands farther out and is not reached.
    BOOST_TEST(client_of(from("10.1.2.3", {{"X-Forwarded-For", "6.6.6.6, 192.0.2.1, 10.9.9.9"}}), proxies)
               == "192.0.2.1");
    BOOST_TEST(client_of(from("10.1.2.3", {{"X-Forwarded-For", "6.6.6.6"}, {"x-forwarded-for", "192.0.2.1"}}),
                         proxies)
               == "192.0.2.1");
    BOOST_TEST(client_of(from("10.1.2.3", {{"Forwarded", "for=unknown"}}), proxies, ForwardedBy::forwarded)
               == "10.1.2.3");
}

BOOST_AUTO_TEST_CASE(the_header_the_proxy_does_not_write_is_the_clients_and_not_read)
{
    const auto proxies = trust({"10.0.0.0/8"});
    const auto both = from("10.1.2.3", {{"Forwarded", "for=192.0.2.5"}, {"X-Forwarded-For", "192.0.2.1"}});
    BOOST_TEST(client_of(both, proxies, ForwardedBy::x_forwarded_for) == "192.0.2.1");
    BOOST_TEST(client_of(both, proxies, ForwardedBy::forwarded) == "192.0.2.5");
}

BOOST_AUTO_TEST_CASE(ranges_are_addresses_with_a_prefix)
{
    std::string bad;
    for (const char* item : {"10.0.0.0/33", "a", "10.0.0.0/", "10.0.0.0/8x", "::/129", ""}) {
        BOOST_TEST(!TrustedProxies::parse(std::vector<std::string>{item}, bad), item);
        BOOST_TEST(bad == item);
    }
    BOOST_TEST(trust({"0.0.0.0/0"}).contains(boost::asio::ip::make_address("8.8.8.8")));
    BOOST_TEST(!trust({"10.0.0.1"}).contains(boost::asio::ip::make_address("10.0.0.2")));
}

BOOST_AUTO_TEST_CASE(request_ids_and_trace_ids_are_taken_when_well_formed)
{
    Request request;
    request.headers = {{"X-Request-Id", "abc-DEF_0123"},
                       {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}};
    correlate(request);
    BOOST_TEST(request.request_id == "abc-DEF_0123");
    BOOST_TEST(request.trace_id == "0af7651916cd43dd8448eb211c80319c");
    request.headers = {{"X-Request-Id", "short"},
                       {"traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01"}};
    correlate(request);
    BOOST_TEST(request.request_id.size() == 32U);
    BOOST_TEST(request.trace_id.empty());
    BOOST_TEST(new_request_id() != new_request_id());
    BOOST_TEST(!is_request_id("abcdefgh\"{}"));
}

BOOST_AUTO_TEST_CASE(admission_is_bounded_altogether_and_by_realm)
{
    Admission admission{{.in_flight_max = 3, .realm_in_flight_max = 2}};
    {
        std::array<Admission::Place, 4> places;
        BOOST_CHECK(admission.enter("a", places[0]) == Admitted::yes);
        BOOST_CHECK(admission.enter("a", places[1]) == Admitted::yes);
        BOOST_CHECK(admission.enter("a", places[2]) == Admitted::realm_full);
        BOOST_CHECK(admission.enter("b", places[2]) == Admitted::yes);
        BOOST_CHECK(admission.enter("c", places[3]) == Admitted::process_full);
        BOOST_TEST(admission.in_flight() == 3U);
    }
    BOOST_TEST(admission.in_flight() == 0U);
    Admission::Place again;
    BOOST_CHECK(admission.enter("a", again) == Admitted::yes);
}

BOOST_AUTO_TEST_CASE(every_response_carries_its_framing_and_security_headers)
{
    const auto head_of = [](const Response& response, Framing framing) {
        framing.request_id = "id-0001";
        std::string out;
        serialize_head(out, response, framing, from_unix_s(784111777));
        return out;
    };
    const std::string plain = head_of(json_response(200, "{}"), {});
    for (const char* line : {"HTTP/1.1 200 OK\r\n", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                             "Content-Length: 2\r\n", "Cache-Control: no-store\r\n",
                             "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n",
                             "Content-Security-Policy: default-src 'none'", "X-Request-Id: id-0001\r\n"}) {
        BOOST_TEST(plain.find(line) != std::string::npos, line);
    }
    BOOST_TEST(plain.find("Strict-Transport-Security") == std::string::npos);
    BOOST_TEST(head_of(json_response(200, "{}"), {.tls = true}).find("Strict-Transport-Security: max-age=")
               != std::string::npos);
    Response cached = json_response(304, "");
    cached.set("Cache-Control", "max-age=300");
    const std::string not_modified = head_of(cached, {.after = AfterResponse::close});
    BOOST_TEST(not_modified.find("no-store") == std::string::npos);
    BOOST_TEST(not_modified.find("Content-Length") == std::string::npos);
    BOOST_TEST(not_modified.find("Connection: close\r\n") != std::string::npos);
    BOOST_TEST(!has_content(json_response(200, "{}"), {.head_only = true}));
}

BOOST_AUTO_TEST_CASE(one_subscriber_is_one_network_whichever_of_its_addresses_it_uses)
{
    BOOST_TEST(network_of("192.0.2.7") == "192.0.2.7");
    BOOST_TEST(network_of("192.0.2.8") != network_of("192.0.2.7"));
    BOOST_TEST(network_of("::ffff:192.0.2.7") == "192.0.2.7");
    BOOST_TEST(network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64");
    BOOST_TEST(network_of("2001:db8:1:2:ffff::9") == network_of("2001:db8:1:2::1"));
    BOOST_TEST(network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1"));
    BOOST_TEST(network_of("no address") == "no address");
}

BOOST_AUTO_TEST_SUITE_END()
