// What a person's address and claims may look like, and which URIs a client may register.
#include <boost/test/unit_test.hpp>

#include "daemon/claim_syntax.hpp"
#include "daemon/email_address.hpp"
#include "daemon/oauth/client_uris.hpp"

namespace tessera::tests {

BOOST_AUTO_TEST_SUITE(person_syntax)

BOOST_AUTO_TEST_CASE(an_address_keeps_its_local_part_and_has_its_domain_in_lower_case)
{
    BOOST_TEST((parse_email_address("Ann.O'Hara+x@EXAMPLE.Co.Uk") == "Ann.O'Hara+x@example.co.uk"));
    BOOST_TEST((parse_email_address("a@xn--bcher-kva.example") == "a@xn--bcher-kva.example"));
    BOOST_TEST(parse_email_address(std::string(64, 'a') + "@example.com").has_value());
    const std::string longest = std::string(64, 'a') + "@" + std::string(63, 'b') + "." + std::string(63, 'c')
                                + "." + std::string(61, 'd');
    BOOST_TEST(longest.size() == email_address_bytes_max);
    BOOST_TEST(parse_email_address(longest).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused)
{
    const std::string bad[] = {
        "", "@", "a", "a@", "@a.example", "a@example", "a@@a.example", "a b@a.example", ".a@a.example",
        "a.@a.example", "a..b@a.example", "\"a\"@a.example", "a(c)@a.example", "a@[127.0.0.1]",
        "a@a.example.", "a@-a.example", "a@a_b.example", "a@a.example\n", "a\n@a.example",
        std::string{"a\0@a.example", 12}, std::string{"a@a.example\0", 12},
        // The Kelvin sign and a dotless i, whose case is folded differently by different systems.
        "\xe2\x84\xaa@a.example", "\xc4\xb1@a.example", "\xff@a.example",
        "a@b\xc3\xbc"
        "cher.example",
        std::string(65, 'a') + "@a.example", "a@" + std::string(64, 'b') + ".example", "<a@a.example>",
        "a,b@a.example"};
    for (const std::string& text : bad) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(!parse_email_address(text)); }
    }
}

BOOST_AUTO_TEST_CASE(claims_match_as_a_whole)
{
    for (const char* good : {"pl", "pl-PL", "zh-Hant-TW", "de-CH-1996", "es-419"}) {
        BOOST_TEST(is_locale(good));
    }
    for (const char* bad :
         {"", "p", "pl_PL", "pl-", "-pl", "pl--PL", "pl-PL\n", "12", "pl-123456789", "p1"}) {
        BOOST_TEST(!is_locale(bad));
    }
    for (const char* good : {"Europe/Warsaw", "America/Argentina/Ushuaia", "Etc/GMT+5", "UTC"}) {
        BOOST_TEST(is_zoneinfo(good));
    }
    for (const char* bad :
         {"", "Warsaw", "Europe/", "Europe/../x", "Mars/Base", "Europe/a/b/c", "Europe/Warsaw "}) {
        BOOST_TEST(!is_zoneinfo(bad));
    }
    for (const char* good : {"+48123456789", "+12", "+123456789012345"}) {
        BOOST_TEST(is_phone_number(good));
    }
    for (const char* bad : {"", "+", "+1", "48123", "+0123", "+1234567890123456", "+48 123", "+48a"}) {
        BOOST_TEST(!is_phone_number(bad));
    }
    for (const char* good : {"1990", "0000", "1990-02-28", "0000-02-29", "2000-02-29"}) {
        BOOST_TEST(is_birthdate(good));
    }
    for (const char* bad : {"", "199", "1900-02-29", "1990-02-30", "1990-13-01", "1990-00-01", "1990-01-00",
                            "1990-1-1", "1990/01/01", "1990-01-01 ", "-990-01-01", "+990"}) {
        BOOST_TEST(!is_birthdate(bad));
    }
    BOOST_TEST(is_https_url("https://a.example/x?y"));
    for (const char* bad : {"", "http://a.example/", "https://", "https://u@a.example/",
                            "https://a.example/#f", "javascript:alert(1)", "//a.example"}) {
        BOOST_TEST(!is_https_url(bad));
    }
}

BOOST_AUTO_TEST_CASE(origins_and_hosts_are_compared_without_what_does_not_matter)
{
    using namespace oauth;
    BOOST_TEST(origin_of_uri("HTTPS://App.Example:443/x") == "https://app.example");
    BOOST_TEST(origin_of_uri("http://[::1]:8080/x") == "http://[::1]:8080");
    BOOST_TEST(host_of_uri("http://[::1]:8080/x") == "[::1]");
    BOOST_TEST(origin_of_uri("nonsense").empty());
    BOOST_TEST(
        is_on_an_origin_of("https://a.example/out", {"https://b.example/", "https://a.example:443/cb"}));
    BOOST_TEST(!is_on_an_origin_of("https://a.example:8443/out", {"https://a.example/cb"}));
    BOOST_TEST(!is_on_an_origin_of("http://a.example/out", {"https://a.example/cb"}));
    BOOST_TEST(have_one_host({"https://a.example/1", "https://a.example:8443/2"}));
    BOOST_TEST(!have_one_host({"https://a.example/", "https://sub.a.example/"}));
    BOOST_TEST(!have_one_host({}));
}

BOOST_AUTO_TEST_CASE(a_redirect_uri_is_https_or_of_a_native_application_the_loopback)
{
    using namespace oauth;
    BOOST_TEST(!find_redirect_uri_flaw("https://a.example/cb?x=1", "web"));
    BOOST_TEST(!find_redirect_uri_flaw("http://127.0.0.1:1/cb", "native"));
    BOOST_TEST(!find_redirect_uri_flaw("http://[::1]/cb", "native"));
    for (const char* bad :
         {"http://127.0.0.1.evil.example/", "http://[::2]/", "http://localhost.evil/", "a.b:/cb",
          "javascript:alert(1)", "https://a.example/..", "https://a.example/%2e%2E/x",
          "https://a.example/./x", "https://*.example/", "HTTPS://a.example/", ""}) {
        BOOST_TEST_CONTEXT(bad) { BOOST_TEST(find_redirect_uri_flaw(bad, "native").has_value()); }
    }
    BOOST_TEST(find_redirect_uri_flaw("http://127.0.0.1/cb", "web").has_value());
    BOOST_TEST(!find_redirect_uri_flaw("https://a.example/a..b/...", "web"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
