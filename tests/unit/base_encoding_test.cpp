#include <boost/test/unit_test.hpp>

#include "base/encoding.hpp"

namespace {

using namespace tessera;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

BOOST_AUTO_TEST_SUITE(base_encoding)

// RFC 4648 §10.
BOOST_AUTO_TEST_CASE(base64_agrees_with_the_rfc_vectors)
{
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        BOOST_TEST(base64_encode(as_bytes(plain)) == encoded);
        BOOST_TEST((base64_decode(encoded) == bytes_of(plain)));
    }
}

BOOST_AUTO_TEST_CASE(base64url_has_no_padding_and_its_own_alphabet)
{
    const Bytes bytes = {0xFB, 0xFF, 0xFE};
    BOOST_TEST(base64url_encode(bytes) == "-__-");
    BOOST_TEST((base64url_decode("-__-") == bytes));
    BOOST_TEST(base64url_encode(as_bytes("f")) == "Zg");
}

BOOST_AUTO_TEST_CASE(decoders_refuse_every_text_that_is_not_canonical)
{
    for (const char* text : {"Zg==", "Z", "Zh", "Zm9", "Zg ", " Zg", "Zg\n", "+/+/", "Zm9vY"}) {
        BOOST_TEST(!base64url_decode(text).has_value(), text);
    }
    for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "-_-_", "Zm9vYg=", "====", "Zg==Zg=="}) {
        BOOST_TEST(!base64_decode(text).has_value(), text);
    }
    for (const char* text : {"0", "0G", "AB", "0x"}) {
        BOOST_TEST(!hex_decode(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_CASE(utf8_is_checked_like_unicode_says)
{
    for (const char* text :
         {"", "plain", "\xC2\xA2", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
        BOOST_TEST(is_utf8(text));
    }
    for (const char* text :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "a\xFF"}) {
        BOOST_TEST(!is_utf8(text));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
