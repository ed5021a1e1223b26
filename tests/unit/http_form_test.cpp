#include <boost/test/unit_test.hpp>

#include "daemon/http/form.hpp"
#include "daemon/http/request.hpp"

using namespace tessera::http;

BOOST_AUTO_TEST_SUITE(http_form)

namespace {

Form parsed(std::string_view body)
{
    auto form = Form::parse(body);
    BOOST_REQUIRE(form.has_value());
    return std::move(form).value();
}

FormFault fault_of(std::string_view body)
{
    const auto form = Form::parse(body);
    BOOST_REQUIRE(form.has_error());
    return form.error().fault;
}

}  // namespace

BOOST_AUTO_TEST_CASE(decodes_names_and_values_once)
{
    const Form form = parsed("grant_type=client_credentials&scope=a+b%20c&x%3Dy=%2541");
    BOOST_TEST(*form.find("grant_type") == "client_credentials");
    BOOST_TEST(*form.find("scope") == "a b c");
    BOOST_TEST(*form.find("x=y") == "%41");
    BOOST_TEST(form.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_parameter_without_a_value_is_absent)
{
    const Form form = parsed("scope=&state&&a=1");
    BOOST_TEST(!form.find("scope"));
    BOOST_TEST(!form.find("state"));
    BOOST_TEST(*form.find("a") == "1");
    BOOST_TEST(form.find_all("scope").empty());
}

BOOST_AUTO_TEST_CASE(repetition_is_told_even_when_a_value_is_empty)
{
    BOOST_TEST(parsed("a=1&b=2&a=").find_repeated({}).value() == "a");
    BOOST_TEST(!parsed("resource=1&resource=2").find_repeated({"resource"}));
    BOOST_TEST(parsed("resource=1&resource=2&scope=a&scope=a").find_repeated({"resource"}).value()
               == "scope");
    BOOST_TEST(!parsed("a=1&b=2").find_repeated({}));
}

BOOST_AUTO_TEST_CASE(a_nameless_parameter_does_not_hide_that_another_repeats)
{
    BOOST_TEST(parsed("=1&=2").find_repeated({}).value() == "");
    BOOST_TEST(parsed("=&=&grant_type=a&grant_type=b").find_repeated({}).has_value());
    BOOST_TEST(parsed("=&=&grant_type=a&grant_type=b").find_repeated({""}).value() == "grant_type");
}

BOOST_AUTO_TEST_CASE(refuses_what_two_parsers_could_read_differently)
{
    BOOST_CHECK(fault_of("a=%") == FormFault::malformed_escape);
    BOOST_CHECK(fault_of("a=%4") == FormFault::malformed_escape);
    BOOST_CHECK(fault_of("a=%zz") == FormFault::malformed_escape);
    BOOST_CHECK(fault_of("%+1=b") == FormFault::malformed_escape);
    BOOST_CHECK(fault_of("a=%c3%28") == FormFault::invalid_utf8);
    BOOST_CHECK(fault_of("a=\xff") == FormFault::invalid_utf8);
    BOOST_CHECK(fault_of("a=b%00c") == FormFault::nul_byte);
    BOOST_CHECK(fault_of(std::string_view{"a\0=b", 4}) == FormFault::nul_byte);
}

BOOST_AUTO_TEST_CASE(the_number_of_parameters_is_bounded)
{
    std::string body = "a=1";
    for (int i = 1; i < 128; ++i) {
        body += "&a=1";
    }
    BOOST_TEST(parsed(body).size() == 128U);
    BOOST_CHECK(fault_of(body + "&a=1") == FormFault::too_many_parameters);
}

BOOST_AUTO_TEST_CASE(encoding_round_trips_every_byte)
{
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all += static_cast<char>(byte);
    }
    const std::string encoded = form_encode(all);
    BOOST_TEST(*form_decode(encoded) == all);
    BOOST_TEST(form_encode("a b&c=d%é") == "a+b%26c%3Dd%25%C3%A9");
}

BOOST_AUTO_TEST_CASE(headers_compare_without_case)
{
    Request request;
    request.headers = {{"Content-Type", "Application/JSON ; charset=utf-8"}, {"X-A", "1"}, {"x-a", "2"}};
    BOOST_TEST(request.media_type() == "application/json");
    BOOST_TEST(request.find("X-a") == "1");
    BOOST_TEST(request.count("x-A") == 2U);
    BOOST_TEST(request.find("x-b").empty());
}

BOOST_AUTO_TEST_SUITE_END()
