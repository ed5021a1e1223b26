#include <boost/test/unit_test.hpp>

#include "base/json.hpp"

namespace {

using namespace tessera;

constexpr JsonLimits small = {.bytes_max = 200, .depth_max = 3};

JsonFault fault_of(std::string_view text)
{
    const auto parsed = parse_json(text, small);
    BOOST_REQUIRE(parsed.has_error());
    return parsed.error().fault;
}

BOOST_AUTO_TEST_SUITE(base_json)

BOOST_AUTO_TEST_CASE(duplicate_members_are_refused_at_every_level)
{
    BOOST_TEST((fault_of(R"({"a":1,"a":2})") == JsonFault::duplicate_member));
    BOOST_TEST((fault_of(R"({"x":{"a":1,"b":0,"a":2}})") == JsonFault::duplicate_member));
    BOOST_TEST((fault_of(R"({"a":1,"\u0061":2})") == JsonFault::duplicate_member));
    BOOST_TEST(parse_json(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})", small).has_value());
}

BOOST_AUTO_TEST_CASE(size_and_depth_have_edges)
{
    BOOST_TEST(parse_json("[[[1]]]", small).has_value());
    BOOST_TEST((fault_of("[[[[1]]]]") == JsonFault::too_deep));
    const std::string fits = '"' + std::string(198, 'x') + '"';
    BOOST_TEST(parse_json(fits, small).has_value());
    BOOST_TEST((fault_of(fits + ' ') == JsonFault::too_large));
}

BOOST_AUTO_TEST_CASE(only_one_whole_rfc8259_value_is_accepted)
{
    for (const char* text : {"", "{", "{} {}", "{\"a\":1,}", "{a:1}", "[1 2]", "\"\xFF\"", "nul", "01",
                             "// x\n{}", "\"\\ud800\"", "NaN", "{\"a\":1}x"}) {
        BOOST_TEST((fault_of(text) == JsonFault::malformed), text);
    }
}

BOOST_AUTO_TEST_CASE(an_object_is_asked_for_and_nothing_else_taken)
{
    BOOST_TEST(parse_json_object("{}", small).has_value());
    BOOST_TEST(parse_json_object("[]", small).has_error());
}

BOOST_AUTO_TEST_CASE(a_double_is_found_wherever_it_is)
{
    for (const char* text : {"1.5", "[1,[1e3]]", "{\"a\":{\"b\":[-0.0]}}", "18446744073709551616"}) {
        BOOST_TEST(has_double(parse_json(text, small).value()), text);
    }
    BOOST_TEST(!has_double(parse_json("[1,18446744073709551615,{\"a\":\"1.5\"},null]", small).value()));
}

// RFC 8785 §3.2.3 sorts by UTF-16 code units, where U+1F600 (D83D DE00) comes before U+FB33.
BOOST_AUTO_TEST_CASE(canonical_json_sorts_and_escapes_like_rfc_8785)
{
    const auto value = parse_json("{\"b\": [1, true, null], \"a\": \"\\u000f\\n\\\"é\", \"\xEF\xAC\xB3\": 1, "
                                  "\"\xF0\x9F\x98\x80\": -2}",
                                  small);
    BOOST_REQUIRE(value.has_value());
    BOOST_TEST(
        canonical_json(value.value())
        == "{\"a\":\"\\u000f\\n\\\"é\",\"b\":[1,true,null],\"\xF0\x9F\x98\x80\":-2,\"\xEF\xAC\xB3\":1}");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
