// SR-13: which addresses may be connected to, in every spelling.
#include <boost/test/unit_test.hpp>

#include "daemon/outbound/address_policy.hpp"

namespace {

using namespace tessera::outbound;

Address address(const std::string& text) { return boost::asio::ip::make_address(text); }

AllowList list_of(const std::vector<std::string>& entries)
{
    std::string bad;
    auto list = AllowList::parse(entries, bad);
    BOOST_REQUIRE_MESSAGE(list, bad);
    return *list;
}

std::string refused_entry(const std::string& entry)
{
    std::string bad;
    const std::vector<std::string> entries{entry};
    return AllowList::parse(entries, bad) ? "" : bad;
}

const Target https_api{Scheme::https, "api.example.com", 443};

BOOST_AUTO_TEST_SUITE(outbound_address_policy)

BOOST_AUTO_TEST_CASE(no_address_of_a_special_range_is_public_from_its_first_to_its_last)
{
    for (const char* text : {"0.0.0.0",
                             "0.255.255.255",
                             "10.0.0.0",
                             "10.255.255.255",
                             "100.64.0.0",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.0.0",
                             "169.254.169.254",
                             "169.254.255.255",
                             "172.16.0.0",
                             "172.31.255.255",
                             "192.0.0.0",
                             "192.0.0.255",
                             "192.0.2.1",
                             "192.88.99.1",
                             "192.168.0.0",
                             "192.168.255.255",
                             "198.18.0.0",
                             "198.19.255.255",
                             "198.51.100.7",
                             "203.0.113.255",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.0",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fc00::1",
                             "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                             "fe80::1",
                             "febf::1",
                             "fec0::1",
                             "ff02::1",
                             "100::1",
                             "2001::1",
                             "2001:1ff:ffff::1",
                             "2001:db8::1",
                             "3fff::1",
                             "4000::1",
                             "64:ff9b:1::1"}) {
        BOOST_TEST(!is_public(address(text)), text);
    }
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_that_carries_an_ipv4_address_is_what_that_one_is)
{
    for (const char* text :
         {"::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1",
          "64:ff9b::192.168.1.1", "2002:7f00:1::", "2002:a00:1::1", "::10.0.0.1", "::8.8.8.8"}) {
        BOOST_TEST(!is_public(address(text)), text);
    }
    for (const char* text : {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
        BOOST_TEST(is_public(address(text)), text);
    }
}

BOOST_AUTO_TEST_CASE(the_neighbours_of_the_special_ranges_are_public)
{
    for (const char* text :
         {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255", "100.128.0.0",
          "126.255.255.255", "128.0.0.1",       "169.253.255.255", "169.255.0.0",    "172.15.255.255",
          "172.32.0.0",      "191.255.255.255", "192.0.1.0",       "192.0.3.0",      "192.167.255.255",
          "192.169.0.0",     "198.17.255.255",  "198.20.0.0",      "198.51.99.255",  "203.0.112.255",
          "203.0.114.0",     "223.255.255.255", "2000::1",         "2001:200::1",    "2a00:1450::1",
          "2001:db7::1",     "3ffe::1"}) {
        BOOST_TEST(is_public(address(text)), text);
    }
}

BOOST_AUTO_TEST_CASE(https_reaches_what_is_public_and_http_does_not)
{
    BOOST_TEST(may_connect({}, https_api, address("8.8.8.8")));
    BOOST_TEST(!may_connect({}, https_api, address("10.0.0.1")));
    BOOST_TEST(!may_connect({}, {Scheme::http, "api.example.com", 80}, address("8.8.8.8")));
}

BOOST_AUTO_TEST_CASE(a_name_on_the_list_opens_that_name_and_port_and_nothing_else)
{
    const AllowList list = list_of({"idp.corp.example:8443"});
    const Address inside = address("10.1.2.3");
    BOOST_TEST(may_connect(list, {Scheme::https, "idp.corp.example", 8443}, inside));
    BOOST_TEST(!may_connect(list, {Scheme::https, "idp.corp.example", 443}, inside));
    BOOST_TEST(!may_connect(list, {Scheme::https, "other.corp.example", 8443}, inside));
    BOOST_TEST(!may_connect(list, {Scheme::http, "idp.corp.example", 8443}, inside));
}

BOOST_AUTO_TEST_CASE(a_network_on_the_list_opens_its_addresses_under_any_name)
{
    const AllowList list =
        list_of({"10.20.0.0/16", "[fd00:1::]:443", "[fd12::/32]:8443", "192.168.7.7:9443"});
    BOOST_TEST(may_connect(list, https_api, address("10.20.255.255")));
    BOOST_TEST(may_connect(list, https_api, address("::ffff:10.20.0.1")));
    BOOST_TEST(!may_connect(list, https_api, address("10.21.0.0")));
    BOOST_TEST(!may_connect(list, https_api, address("10.19.255.255")));
    BOOST_TEST(may_connect(list, https_api, address("fd00:1::")));
    BOOST_TEST(!may_connect(list, https_api, address("fd00:1::1")));
    BOOST_TEST(may_connect(list, {Scheme::https, "x", 8443}, address("fd12::5")));
    BOOST_TEST(!may_connect(list, {Scheme::https, "x", 8444}, address("fd12::5")));
    BOOST_TEST(may_connect(list, {Scheme::https, "192.168.7.7", 9443}, address("192.168.7.7")));
    BOOST_TEST(!may_connect(list, {Scheme::https, "192.168.7.7", 443}, address("192.168.7.7")));
}

BOOST_AUTO_TEST_CASE(plain_http_needs_an_entry_that_says_so)
{
    const AllowList list = list_of({"http://127.0.0.1:8080", "localhost:8080"});
    const Target plain{Scheme::http, "127.0.0.1", 8080};
    BOOST_TEST(list.may_use_http(plain));
    BOOST_TEST(may_connect(list, plain, address("127.0.0.1")));
    BOOST_TEST(!may_connect(list, {Scheme::https, "127.0.0.1", 8080}, address("127.0.0.1")));
    BOOST_TEST(!list.may_use_http({Scheme::http, "127.0.0.1", 8081}));
    BOOST_TEST(!list_of({"localhost:8080"}).may_use_http({Scheme::http, "localhost", 8080}));
}

BOOST_AUTO_TEST_CASE(an_entry_that_opens_more_than_it_says_is_none)
{
    for (const char* entry :
         {"corp.example", "10.0.0.1",    "*",           "*.corp.example:443", "10.0.0.0/33",   "fd00::/129",
          "host:0",       "host:65536",  "host:443x",   "https://host:443",   "host:443/path", "10.0.0.0/",
          "10.0.0.0/8:x", "a b:443",     "host..x:443", ".host:443",          "host.:443",     ":443",
          "http://",      "fd00::1:443x"}) {
        BOOST_TEST(refused_entry(entry) == entry);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
