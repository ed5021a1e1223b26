#include "storage/repositories/branding.hpp"

#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

struct TwoRealms : Database {
    ProjectId project = make_project("acme");
    ProjectId other = make_project("other");

    Result<void, StoreError> put(ProjectId scope, ProjectId target, const Branding& branding)
    {
        auto transaction = in(scope);
        TRY(put_branding(transaction, target, branding));
        return transaction.commit();
    }
    std::optional<Branding> find(ProjectId scope, ProjectId target)
    {
        auto transaction = in(scope);
        return must(find_branding(transaction, target));
    }
};

const Branding full{"Acme", Bytes{0x89, 0x50, 0x00, 0xFF}, Bytes{0x00}, "#0b7a5f", "#ffcf33"};

}  // namespace

BOOST_AUTO_TEST_SUITE(branding)

BOOST_FIXTURE_TEST_CASE(a_look_comes_back_as_it_was_set_and_is_replaced_whole, TwoRealms)
{
    BOOST_TEST(!find(project, project).has_value());
    must(put(project, project, full));
    BOOST_TEST((find(project, project) == full));
    const Branding plain{std::nullopt, std::nullopt, std::nullopt, "#000000", std::nullopt};
    must(put(project, project, plain));
    BOOST_TEST((find(project, project) == plain));
}

BOOST_FIXTURE_TEST_CASE(a_look_of_another_realm_is_neither_read_nor_written, TwoRealms)
{
    must(put(project, project, full));
    BOOST_TEST(!find(other, project).has_value());
    BOOST_TEST(!put(other, project, full).has_value());
    BOOST_TEST((find(project, project) == full));
}

BOOST_FIXTURE_TEST_CASE(the_schema_refuses_what_is_no_colour_or_too_large, TwoRealms)
{
    Branding odd = full;
    odd.primary_color = "red;}body{";
    BOOST_TEST(put(project, project, odd).error().constraint == "project_branding_color_check");
    odd = full;
    odd.logo_png = Bytes(256 * 1024 + 1);
    BOOST_TEST(put(project, project, odd).error().constraint == "project_branding_logo_check");
    BOOST_TEST(!find(project, project).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
