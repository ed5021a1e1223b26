#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/page/language.hpp"
#include "daemon/page/text.hpp"

namespace tessera::page {

static std::ostream& operator<<(std::ostream& out, Language language) { return out << tag_of(language); }

}  // namespace tessera::page

using namespace tessera;
using namespace tessera::page;

BOOST_AUTO_TEST_SUITE(page_language)

BOOST_AUTO_TEST_CASE(ui_locales_then_accept_language_then_the_project_decide)
{
    BOOST_TEST(choose_language("de-CH fr", "fr", Language::en) == Language::de);
    BOOST_TEST(choose_language("it  FR-ca", "de", Language::en) == Language::fr);
    BOOST_TEST(choose_language("it", "de;q=0.5, fr;q=0.8", Language::en) == Language::fr);
    BOOST_TEST(choose_language("", "it, *", Language::de) == Language::de);
    BOOST_TEST(choose_language("", "", Language::fr) == Language::fr);
    BOOST_TEST(choose_language("", "de;q=0", Language::en) == Language::en);
    BOOST_TEST(choose_language("", "en-GB,en;q=0.9,de;q=0.8", Language::fr) == Language::en);
}

// RFC 9110 §12.5.4, §12.4.2.
BOOST_AUTO_TEST_CASE(accept_language_is_ordered_by_weight_then_by_place)
{
    const auto ranges = parse_accept_language("da, en-gb;q=0.8, en;q=0.8 , fr ; q=1.000,de;Q=0.001,*;q=0.5");
    std::string order;
    for (const LanguageRange& range : ranges) {
        order += std::string{range.tag} + ':' + std::to_string(range.q_permille) + ' ';
    }
    BOOST_TEST(order == "da:1000 fr:1000 en-gb:800 en:800 *:500 de:1 ");
}

BOOST_AUTO_TEST_CASE(what_does_not_parse_is_left_out)
{
    for (const std::string_view value :
         {"", ",", ";q=1", "de;q=", "de;q=2", "de;q=1.5", "de;q=0.1234", "de;x=1", "de-", "-de", "d e", "1de",
          "abcdefghi", "de;q=0", "de;q=-1", "de;q=.5", "de;q=1;q=1", "d\xc3\xa4"}) {
        BOOST_TEST(parse_accept_language(value).empty(), value);
    }
    BOOST_TEST(parse_accept_language("de;q=2, fr").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_long_header_costs_its_limit)
{
    std::string many;
    for (int i = 0; i < 10'000; ++i) {
        many += "xx,";
    }
    BOOST_TEST(parse_accept_language(many).size() == language_ranges_max);
    BOOST_TEST(parse_accept_language(std::string(accept_language_bytes_max, ',') + "de").empty());
}

BOOST_AUTO_TEST_CASE(durations_and_dates_are_written_in_words)
{
    BOOST_TEST(duration_text(Language::en, Seconds{30 * 86400}) == "30 days");
    BOOST_TEST(duration_text(Language::en, Seconds{86400}) == "1 day");
    BOOST_TEST(duration_text(Language::de, Seconds{3601}) == "2 Stunden");
    BOOST_TEST(duration_text(Language::fr, Seconds{300}) == "5 minutes");
    BOOST_TEST(duration_text(Language::en, Seconds{1}) == "1 minute");
    const Instant instant = from_unix_s(1'795'278'120);  // 2026-11-21T16:22:00Z
    BOOST_TEST(date_text(Language::en, instant) == "21 November 2026, 16:22 UTC");
    BOOST_TEST(date_text(Language::de, instant) == "21. November 2026, 16:22 UTC");
    BOOST_TEST(date_text(Language::fr, instant) == "21 novembre 2026 à 16:22 UTC");
}

BOOST_AUTO_TEST_CASE(a_wait_is_said_when_it_is_known)
{
    BOOST_TEST(problem_text(Language::en, Problem::too_many_attempts, Seconds{0})
               == "Too many attempts. Try again later.");
    BOOST_TEST(problem_text(Language::en, Problem::too_many_attempts, Seconds{120})
               == "Too many attempts. Please wait 2 minutes.");
    BOOST_TEST(field_of(Problem::code_wrong) == "code");
}

BOOST_AUTO_TEST_SUITE_END()
