#include <boost/test/unit_test.hpp>

#include <concepts>
#include <ostream>

#include "base/secret.hpp"

namespace {

using namespace tessera;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Printable<SecretBytes>);
static_assert(!std::copyable<SecretBytes>);

BOOST_AUTO_TEST_SUITE(base_secret)

BOOST_AUTO_TEST_CASE(taking_text_wipes_and_empties_the_source)
{
    std::string text = "pin-1234-and-some-more-so-that-it-lives-on-the-heap";
    const char* where = text.data();
    const std::size_t size = text.size();
    const SecretBytes secret = SecretBytes::take(text);
    BOOST_TEST(text.empty());
    BOOST_TEST(secret.size() == size);
    BOOST_TEST(std::string_view(where, size).find("1234") == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(comparison_looks_at_every_byte_and_the_length)
{
    const SecretBytes a{as_bytes("abcdef")};
    BOOST_TEST((a == SecretBytes{as_bytes("abcdef")}));
    BOOST_TEST(!(a == SecretBytes{as_bytes("abcdeg")}));
    BOOST_TEST(!(a == SecretBytes{as_bytes("abcde")}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
