#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

// Every setting another than its default.
ProjectSettings unusual_settings()
{
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
    settings.log_in_with_github = true;
    settings.log_in_with_oidc = true;
    settings.github_oauth_client_id = "h";
    settings.logins_disabled = true;
    settings.self_serve_create_organizations = true;
    settings.self_serve_create_users = true;
    settings.auto_create_organizations = true;
    settings.api_keys_enabled = true;
    settings.api_key_secret_token_prefix = "acme_";
    settings.audit_logs_enabled = false;
    settings.session_lifetime_s = 1000;
    settings.session_idle_s = 900;
    settings.refresh_token_lifetime_s = 2000;
    settings.refresh_token_idle_s = 1900;
    settings.default_locale = "pl";
    settings.registration_policy = "token";
    return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(projects)

BOOST_AUTO_TEST_CASE(every_setting_comes_back_as_it_was_written)
{
    Database database;
    const ProjectSettings settings = unusual_settings();
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
    BOOST_TEST((read.log_in_with_github && read.log_in_with_oidc && read.logins_disabled));
    BOOST_TEST((read.github_oauth_client_id == settings.github_oauth_client_id));
    BOOST_TEST((read.self_serve_create_organizations && read.self_serve_create_users
                && read.auto_create_organizations && read.api_keys_enabled && !read.audit_logs_enabled));
    BOOST_TEST((read.api_key_secret_token_prefix == settings.api_key_secret_token_prefix));
    BOOST_TEST(read.session_lifetime_s == 1000);
    BOOST_TEST(read.session_idle_s == 900);
    BOOST_TEST(read.refresh_token_lifetime_s == 2000);
    BOOST_TEST(read.refresh_token_idle_s == 1900);
    BOOST_TEST(read.default_locale == "pl");
    BOOST_TEST(read.registration_policy == "token");
    BOOST_TEST(!found->sole_organization);
    BOOST_TEST(found->pairwise_salt.size() == 32);
}

BOOST_AUTO_TEST_CASE(no_two_projects_share_a_pairwise_salt)
{
    Database database;
    const ProjectId a = database.make_project("a");
    const ProjectId b = database.make_project("b");
    auto transaction = database.across();
    BOOST_TEST((must(find_project(transaction, a))->pairwise_salt
                != must(find_project(transaction, b))->pairwise_salt));
}

BOOST_AUTO_TEST_CASE(a_project_of_one_organization_is_made_with_it_and_keeps_it)
{
    Database database;
    ProjectSettings settings = Database::named("Consumers");
    settings.log_in_with_password = false;
    const ProjectId id = ProjectId::random();
    const OrganizationId sole = OrganizationId::random();
    {
        auto transaction = database.across();
        const auto made =
            must(insert_project(transaction, id, "consumers", settings, KeyringId::random(), {}, sole));
        BOOST_TEST((made.sole_organization == sole));
        must(transaction.commit());
    }
    {
        auto transaction = database.in(id);
        const auto organization = must(find_organization(transaction, sole));
        BOOST_REQUIRE(organization);
        BOOST_TEST(organization->settings.display_name == "Consumers");
        BOOST_TEST(!organization->settings.log_in_with_password);
        BOOST_TEST((must(update_project(transaction, id, settings, 0))->sole_organization == sole));
        must(transaction.commit());
    }
    auto transaction = database.in(id);
    const auto deleted = delete_organization(transaction, sole);
    BOOST_REQUIRE(!deleted);
    BOOST_TEST(deleted.error().fault == StoreFault::reference);
    BOOST_TEST(deleted.error().constraint == "projects_sole_organization_fkey");
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
    BOOST_TEST(must(set_project_upstream_secrets(transaction, id, {sealed, {}, Bytes{9}})));
    BOOST_TEST(must(set_project_upstream_secrets(transaction, id, {{}, Bytes{7}, {}})));
    const auto project = must(find_project(transaction, id));
    BOOST_TEST((project->upstream_secrets.google == sealed));
    BOOST_TEST((project->upstream_secrets.microsoft == Bytes{7}));
    BOOST_TEST((project->upstream_secrets.github == Bytes{9}));
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
