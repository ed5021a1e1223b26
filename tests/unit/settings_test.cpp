#include <boost/test/unit_test.hpp>

#include "daemon/settings/serve_settings.hpp"
#include "keyd/settings/keyd_settings.hpp"

namespace {

using namespace tessera;

bool is_issuer_base(const std::string& text)
{
    const std::vector<std::string> arguments = {"--issuer-base=" + text, "--tls-certificate=c",
                                                "--tls-key=k"};
    Settings settings{serve_settings()};
    BOOST_REQUIRE(settings.read_arguments(arguments).has_value());
    return check_serve_settings(settings).has_value();
}

bool is_issuer_domain(const std::string& text)
{
    const std::string argument = "--issuer-domain=" + text;
    return keyd::read_keyd_settings({&argument, 1}).has_value();
}

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(an_issuer_begins_with_an_origin)
{
    for (const char* origin : {"https://id.example.com", "https://localhost:8443", "https://[::1]:8443"}) {
        BOOST_TEST(is_issuer_base(origin), origin);
        BOOST_TEST(is_issuer_domain(origin), origin);
    }
    for (const char* text :
         {"", "id.example.com", "https://", "https://h/", "https://h/x", "https://h?x", "https://h#",
          "https://u@h", "https://a b", "https://a\"", "httpsx://h", "https//h"}) {
        BOOST_TEST(!is_issuer_base(text), text);
        BOOST_TEST(!is_issuer_domain(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
