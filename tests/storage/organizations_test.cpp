#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

BOOST_AUTO_TEST_SUITE(organizations)

BOOST_AUTO_TEST_CASE(every_setting_comes_back_and_is_replaced_by_an_update)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    auto transaction = database.in(project);
    OrganizationSettings settings;
    settings.display_name = "Łódź \"quoted\" \\";
    settings.log_in_with_google = true;
    settings.log_in_with_microsoft = true;
    settings.log_in_with_github = true;
    settings.log_in_with_email = false;
    settings.log_in_with_password = false;
    settings.log_in_with_saml = true;
    settings.log_in_with_oidc = true;
    settings.log_in_with_authenticator_app = false;
    settings.require_mfa = true;
    settings.second_factor_after_sso = true;
    settings.scim_enabled = true;
    settings.custom_roles_enabled = true;
    settings.api_keys_enabled = true;
    settings.domains = {"a.example.com", "b.example.com"};
    settings.google_hosted_domains = {"a.example.com"};
    settings.microsoft_tenant_ids = {"tenant-1", "tenant-2"};
    const OrganizationId id = OrganizationId::random();
    BOOST_TEST((must(insert_organization(transaction, project, id, settings)).settings == settings));
    settings.display_name = "New";
    settings.domains = {"b.example.com", "c.example.com"};
    settings.google_hosted_domains = {};
    settings.microsoft_tenant_ids = {"tenant-2"};
    const auto updated = must(update_organization(transaction, id, settings, 1));
    BOOST_REQUIRE(updated);
    BOOST_TEST((updated->settings == settings));
    BOOST_TEST(updated->revision == 2);
    BOOST_TEST(!must(update_organization(transaction, id, settings, 1)));
    BOOST_TEST((must(find_organization(transaction, id))->settings == settings));
}

BOOST_AUTO_TEST_CASE(a_second_factor_is_required_only_where_one_can_be_had)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    auto transaction = database.in(project);
    OrganizationSettings settings;
    settings.display_name = "Strict";
    settings.require_mfa = true;
    settings.log_in_with_authenticator_app = false;
    settings.log_in_with_passkey = false;
    const auto made = insert_organization(transaction, project, OrganizationId::random(), settings);
    BOOST_REQUIRE(!made);
    BOOST_TEST(made.error().fault == StoreFault::invalid);
    BOOST_TEST(made.error().constraint == "organizations_mfa_check");
}

// T-12: disabling the sign-ins of one organization leaves the others alone.
BOOST_AUTO_TEST_CASE(disabling_logins_hits_one_organization)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const OrganizationId one = database.make_organization(project);
    const OrganizationId other = database.make_organization(project);
    auto transaction = database.in(project);
    BOOST_TEST(must(set_organization_logins_disabled(transaction, one, true)));
    BOOST_TEST(must(find_organization(transaction, one))->logins_disabled);
    BOOST_TEST(!must(find_organization(transaction, other))->logins_disabled);
    BOOST_TEST(must(set_organization_logins_disabled(transaction, one, false)));
    BOOST_TEST(!must(find_organization(transaction, one))->logins_disabled);
    BOOST_TEST(!must(set_organization_logins_disabled(transaction, OrganizationId::random(), true)));
}

BOOST_AUTO_TEST_CASE(organizations_are_found_by_a_domain_that_several_may_name)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    auto transaction = database.in(project);
    OrganizationSettings settings;
    settings.display_name = "One";
    settings.domains = {"example.com"};
    must(insert_organization(transaction, project, OrganizationId::random(), settings));
    settings.domains = {"example.com", "example.org"};
    must(insert_organization(transaction, project, OrganizationId::random(), settings));
    BOOST_TEST(must(find_organizations_by_domain(transaction, "example.com", 10)).size() == 2);
    BOOST_TEST(must(find_organizations_by_domain(transaction, "example.com", 1)).size() == 1);
    const auto found = must(find_organizations_by_domain(transaction, "example.org", 10));
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].settings.domains.size() == 2);
    BOOST_TEST(must(find_organizations_by_domain(transaction, "sub.example.com", 10)).empty());
}

BOOST_AUTO_TEST_CASE(organizations_are_listed_in_pages)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    for (int i = 0; i < 5; ++i) {
        database.make_organization(project);
    }
    auto transaction = database.in(project);
    OrganizationId after{};
    std::size_t seen = 0;
    for (auto page = must(list_organizations(transaction, after, 2)); !page.empty();
         page = must(list_organizations(transaction, after, 2))) {
        BOOST_TEST((after < page[0].id));
        seen += page.size();
        after = page.back().id;
    }
    BOOST_TEST(seen == 5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
