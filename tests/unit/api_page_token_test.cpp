#include <boost/test/unit_test.hpp>

#include "daemon/api/console/audit_cursor.hpp"
#include "daemon/api/page_token.hpp"

namespace {

using namespace tessera;
using namespace tessera::api;

BOOST_AUTO_TEST_SUITE(api_page_token)

BOOST_AUTO_TEST_CASE(a_token_is_good_for_its_list_and_its_filters_only)
{
    const std::string token = make_page_token("clients", "a", "client_x");
    BOOST_TEST(read_page_token("clients", "a", token).value() == "client_x");
    BOOST_TEST(read_page_token("clients", "a", "").value() == "");
    BOOST_TEST(read_page_token("clients", "b", token).has_error());
    BOOST_TEST(read_page_token("resources", "a", token).has_error());
    BOOST_TEST(read_page_token("clients", "a", token + "A").has_error());
    BOOST_TEST(read_page_token("clients", "a", token + "=").has_error());
    BOOST_TEST(read_page_token("clients", "a", make_page_token("clients", "a", "")).has_error());
}

// Anybody can make a token that fits its list: what it holds goes to the database.
BOOST_AUTO_TEST_CASE(a_place_that_no_list_gave_is_refused)
{
    for (const std::string_view cursor : {std::string_view{"a\0b", 3}, std::string_view{"\xff"},
                                          std::string_view{"\xc3\xa9"}, std::string_view{"a\nb"}}) {
        BOOST_TEST(read_page_token("projects", "", make_page_token("projects", "", cursor)).has_error());
    }
}

BOOST_AUTO_TEST_CASE(a_place_in_the_audit_trail_has_one_spelling)
{
    const std::string id = AuditEventId::random().to_string();
    const storage::AuditCursor cursor = console::parse_audit_cursor("9223372036854775807 " + id).value();
    BOOST_TEST(cursor.position == INT64_MAX);
    BOOST_TEST(cursor.id.to_string() == id);
    BOOST_TEST(console::to_text(cursor) == "9223372036854775807 " + id);
    BOOST_TEST(console::parse_audit_cursor("").value().position == 0);
    for (const std::string& text :
         {" " + id, "9223372036854775808 " + id, "9999999999999999999 " + id, "-1 " + id, "007 " + id,
          "+1 " + id, "1  " + id, "1" + id, std::string{"1 "}, id, "1 x" + id}) {
        BOOST_TEST(console::parse_audit_cursor(text).has_error(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
