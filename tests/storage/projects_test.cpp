#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

BOOST_AUTO_TEST_SUITE(projects)

BOOST_AUTO_TEST_CASE(every_setting_comes_back_as_it_was_written)
{
    Database database;
    ProjectSettings settings;
    settings.display_name = "Łódź \"quoted\" \\ 😀";
    settings.log_in_with_google = true;
    settings.log_in_with_microsoft = true;
    settings.log_in_with_email = false;
    settings.log_in_with_password = false;
    settings.log_in_with_saml = true;
    settings.log_in_with_authenticator_app = false;
    settings.log_in_with_passkey = false;
    settings.google_oauth_client_id = "g";
    settings.microsoft_oauth_client_id = "m";
    settings.vault_domain = "vault.example.com";
    settings.vault_domain_custom = true;
    settings.trusted_domains = {"app.example.com", "with,comma\"and quote"};
    settings.cookie_domain = "example.com";
    settings.redirect_uri = "https://app.example.com/";
    settings.after_login_redirect_uri = "https://app.example.com/in";
    settings.after_signup_redirect_uri = "https://app.example.com/up";
    settings.email_send_from_domain = "mail.example.com";
    settings.access_token_lifetime_s = 120;
    settings.default_resource_uri = "https://api.example.com/";
    settings.audit_retention_days = 30;
    const ProjectId id = database.make_project("acme", settings);

    auto transaction = database.in(id);
    const auto found = must(find_project(transaction, id));
    BOOST_REQUIRE(found);
    const ProjectSettings& read = found->settings;
    BOOST_TEST(found->slug == "acme");
    BOOST_TEST(found->revision == 1);
    BOOST_TEST(read.display_name == settings.display_name);
    BOOST_TEST((read.log_in_with_google && read.log_in_with_microsoft && read.log_in_with_saml));
    BOOST_TEST(!(read.log_in_with_email || read.log_in_with_password || read.log_in_with_authenticator_app
                 || read.log_in_with_passkey));
    BOOST_TEST((read.google_oauth_client_id == settings.google_oauth_client_id));
    BOOST_TEST((read.microsoft_oauth_client_id == settings.microsoft_oauth_client_id));
    BOOST_TEST((read.vault_domain == settings.vault_domain));
    BOOST_TEST(read.vault_domain_custom);
    BOOST_TEST(read.trusted_domains == settings.trusted_domains, boost::test_tools::per_element());
    BOOST_TEST((read.cookie_domain == settings.cookie_domain));
    BOOST_TEST((read.redirect_uri == settings.redirect_uri));
    BOOST_TEST((read.after_login_redirect_uri == settings.after_login_redirect_uri));
    BOOST_TEST((read.after_signup_redirect_uri == settings.after_signup_redirect_uri));
    BOOST_TEST((read.email_send_from_domain == settings.email_send_from_domain));
    BOOST_TEST(read.access_token_lifetime_s == 120);
    BOOST_TEST((read.default_resource_uri == settings.default_resource_uri));
    BOOST_TEST(read.audit_retention_days == 30);
}

BOOST_AUTO_TEST_CASE(a_slug_is_taken_once_and_the_error_names_the_constraint)
{
    Database database;
    database.make_project("acme");
    auto transaction = database.across();
    const auto second = insert_project(transaction, ProjectId::random(), "acme", Database::named("Other"),
                                       KeyringId::random(), {});
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().fault == StoreFault::conflict);
    BOOST_TEST(second.error().constraint == "projects_slug_key");
}

BOOST_AUTO_TEST_CASE(a_malformed_slug_is_invalid)
{
    Database database;
    for (const std::string slug : {"", "A", "-a", "a-", "a_b", "a b", "a\nb"}) {
        auto transaction = database.across();
        const auto project = insert_project(transaction, ProjectId::random(), slug, Database::named("P"),
                                            KeyringId::random(), {});
        BOOST_REQUIRE(!project);
        BOOST_TEST(project.error().fault == StoreFault::invalid);
        BOOST_TEST(project.error().constraint == "projects_slug_check");
    }
}

BOOST_AUTO_TEST_CASE(an_update_needs_the_revision_it_was_made_for)
{
    Database database;
    const ProjectId id = database.make_project("acme");
    auto transaction = database.in(id);
    const auto first = must(update_project(transaction, id, Database::named("One"), 1));
    BOOST_REQUIRE(first);
    BOOST_TEST(first->revision == 2);
    BOOST_TEST(!must(update_project(transaction, id, Database::named("Two"), 1)));
    BOOST_TEST(must(update_project(transaction, id, Database::named("Three"), 0))->settings.display_name
               == "Three");
    BOOST_TEST(must(set_project_disabled(transaction, id, true)));
    BOOST_TEST(must(find_project(transaction, id))->disabled);
}

BOOST_AUTO_TEST_CASE(sealed_secrets_are_kept_when_not_replaced)
{
    Database database;
    const ProjectId id = database.make_project("acme");
    auto transaction = database.in(id);
    const Bytes sealed = {0, 1, 255, '\\', '\''};
    BOOST_TEST(must(set_project_upstream_secrets(transaction, id, {sealed, std::nullopt})));
    BOOST_TEST(must(set_project_upstream_secrets(transaction, id, {std::nullopt, Bytes{7}})));
    const auto project = must(find_project(transaction, id));
    BOOST_TEST((project->upstream_secrets.google == sealed));
    BOOST_TEST((project->upstream_secrets.microsoft == Bytes{7}));
}

BOOST_AUTO_TEST_CASE(projects_are_listed_by_slug_in_pages)
{
    Database database;
    for (const char* slug : {"c", "a", "b"}) {
        database.make_project(slug);
    }
    auto transaction = database.across();
    const auto first = must(list_projects(transaction, "", 2));
    BOOST_REQUIRE(first.size() == 2);
    BOOST_TEST(first[1].slug == "b");
    const auto second = must(list_projects(transaction, "b", 2));
    BOOST_REQUIRE(second.size() == 1);
    BOOST_TEST(second[0].slug == "c");
    BOOST_TEST(must(find_project_by_slug(transaction, "a"))->slug == "a");
    BOOST_TEST(!must(find_project_by_slug(transaction, "z")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
