#include <boost/test/unit_test.hpp>

#include "base/id.hpp"

namespace {

using namespace tessera;

BOOST_AUTO_TEST_SUITE(base_id)

BOOST_AUTO_TEST_CASE(ids_agree_with_the_published_vectors)
{
    const auto uuid = parse_uuid("56bfa2b3-4f5a-4c68-8fc5-db3bf20731a2");
    BOOST_REQUIRE(uuid);
    BOOST_TEST(ProjectId{*uuid}.to_string() == "project_54vwf0clhh0caqe20eujxgpeq");
    BOOST_TEST((ProjectId::parse("project_54vwf0clhh0caqe20eujxgpeq") == ProjectId{*uuid}));
    BOOST_TEST(base36_encode(parse_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")->bytes)
               == "eoswzolg3bsx0zn8otq1p8oom");
    BOOST_TEST(base36_encode(Uuid{}.bytes) == std::string(25, '0'));
    BOOST_TEST(base36_encode(parse_uuid("ffffffff-ffff-ffff-ffff-ffffffffffff")->bytes)
               == "f5lxx1zz5pnorynqglhzmsp33");
}

BOOST_AUTO_TEST_CASE(ids_refuse_what_is_not_theirs)
{
    for (const char* text :
         {"", "project_", "client_54vwf0clhh0caqe20eujxgpeq", "project_54vwf0clhh0caqe20eujxgpe",
          "project_54vwf0clhh0caqe20eujxgpeqq", "project_54VWF0clhh0caqe20eujxgpeq",
          "project_f5lxx1zz5pnorynqglhzmsp34", "project_zzzzzzzzzzzzzzzzzzzzzzzzz",
          "Project_54vwf0clhh0caqe20eujxgpeq", " project_54vwf0clhh0caqe20eujxgpeq"}) {
        BOOST_TEST(!ProjectId::parse(text).has_value(), text);
    }
    BOOST_TEST(!ClientId::parse("client_secret_54vwf0clhh0caqe20eujxgpeq").has_value());
}

BOOST_AUTO_TEST_CASE(random_uuids_carry_version_4_and_time_ordered_ones_7)
{
    BOOST_TEST(to_string(random_uuid())[14] == '4');
    const Uuid earlier = time_ordered_uuid(Instant{Microseconds{1'763'712'000'000'001}});
    const Uuid later = time_ordered_uuid(Instant{Microseconds{1'763'712'000'000'002}});
    BOOST_TEST(to_string(earlier)[14] == '7');
    BOOST_TEST((earlier < later));
}

BOOST_AUTO_TEST_CASE(uuid_text_is_lower_case_with_dashes_in_place)
{
    for (const char* text : {"", "56BFA2B3-4f5a-4c68-8fc5-db3bf20731a2", "56bfa2b34f5a4c688fc5db3bf20731a2",
                             "56bfa2b3-4f5a-4c68-8fc5-db3bf20731a", "56bfa2b3-4f5a-4c688-fc5-db3bf20731a2"}) {
        BOOST_TEST(!parse_uuid(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
