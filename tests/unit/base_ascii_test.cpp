#include <string>

#include <boost/test/unit_test.hpp>

#include "base/ascii.hpp"

using namespace tessera;

BOOST_AUTO_TEST_SUITE(base_ascii)

BOOST_AUTO_TEST_CASE(only_ascii_letters_have_two_cases)
{
    BOOST_TEST(ascii::to_lower("AZaz@[`{") == "azaz@[`{");
    BOOST_TEST(ascii::to_lower("\xc3\x84\xc5\xbf") == "\xc3\x84\xc5\xbf");  // Ä, ſ
    BOOST_TEST(ascii::equal_ignoring_case("Content-Type", "content-TYPE"));
    BOOST_TEST(!ascii::equal_ignoring_case("k", "\xe2\x84\xaa"));  // KELVIN SIGN
    BOOST_TEST(!ascii::equal_ignoring_case("a", "ab"));
    BOOST_TEST(!ascii::equal_ignoring_case("@", "`"));
}

BOOST_AUTO_TEST_CASE(hexadecimal_digits_are_these_twenty_two)
{
    std::string digits;
    for (int c = 0; c < 256; ++c) {
        if (ascii::hex_value(static_cast<char>(c)) >= 0) {
            digits += static_cast<char>(c);
        }
    }
    BOOST_TEST(digits == "0123456789ABCDEFabcdef");
    BOOST_TEST(ascii::hex_value('b') == 11);
    BOOST_TEST(ascii::hex_value('B') == 11);
}

BOOST_AUTO_TEST_CASE(blanks_go_at_the_ends_only)
{
    BOOST_TEST(ascii::trim(" \ta b\t ") == "a b");
    BOOST_TEST(ascii::trim(" \t").empty());
    BOOST_TEST(ascii::trim("\na") == "\na");
}

BOOST_AUTO_TEST_CASE(a_label_is_what_a_host_name_has)
{
    for (const char* good : {"a", "0", "a-b", "a--b", "xn--bcher-kva"}) {
        BOOST_TEST(ascii::is_label(good), good);
    }
    for (const char* bad : {"", "-", "-a", "a-", "A", "a.b", "a_b", "a b"}) {
        BOOST_TEST(!ascii::is_label(bad), bad);
    }
    BOOST_TEST(ascii::is_label(std::string(63, 'a')));
    BOOST_TEST(!ascii::is_label(std::string(64, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
