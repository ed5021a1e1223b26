#include <thread>

#include "base/random.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

Result<ClientSecret, StoreError> add_secret(Transaction& transaction, ProjectId project, ClientId client,
                                            std::optional<Instant> expires = std::nullopt)
{
    return insert_client_secret(transaction, project, client, ClientSecretId::random(), sha256("secret"),
                                "cret", expires);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(clients)

BOOST_AUTO_TEST_CASE(a_client_comes_back_with_its_secrets_and_access)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const ResourceId resource = database.make_resource(project);
    auto transaction = database.in(project);
    ClientSettings settings;
    settings.display_name = "Robot";
    settings.token_endpoint_auth_method = "private_key_jwt";
    settings.token_endpoint_auth_signing_alg = "EdDSA";
    settings.jwks = R"({"keys":[]})";
    settings.default_resource = resource;
    settings.access_token_lifetime_s = 60;
    settings.assertion_audience = "issuer_or_endpoint";
    settings.access_token_signing_alg = "PS256";
    const ClientId id = ClientId::random();
    must(insert_client(transaction, project, id, settings));
    must(add_secret(transaction, project, id, at_s(4'000'000'000)));
    must(set_client_access(transaction, project, id, resource, {"write", "read"}, true));
    const auto record = must(find_client(transaction, id));
    BOOST_REQUIRE(record);
    const ClientSettings& read = record->client.settings;
    BOOST_TEST(read.display_name == "Robot");
    BOOST_TEST((read.token_endpoint_auth_signing_alg == settings.token_endpoint_auth_signing_alg));
    BOOST_TEST((read.jwks == settings.jwks));
    BOOST_TEST((read.default_resource == settings.default_resource));
    BOOST_TEST(read.access_token_lifetime_s == 60);
    BOOST_TEST(read.grant_types == settings.grant_types, boost::test_tools::per_element());
    BOOST_TEST(read.assertion_audience == "issuer_or_endpoint");
    BOOST_TEST((read.access_token_signing_alg == settings.access_token_signing_alg));
    BOOST_REQUIRE(record->secrets.size() == 1);
    BOOST_TEST((record->secrets[0].digest == sha256("secret")));
    BOOST_TEST((record->secrets[0].expire_time == at_s(4'000'000'000)));
    BOOST_REQUIRE(record->access.size() == 1);
    const std::vector<std::string> scopes = {"read", "write"};
    BOOST_TEST(record->access[0].scopes == scopes, boost::test_tools::per_element());
    BOOST_TEST(record->access[0].resource_uri == "https://api.example.com/");
}

BOOST_AUTO_TEST_CASE(what_a_client_registered_comes_back_and_is_replaced_by_an_update)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    auto transaction = database.in(project);
    ClientSettings settings;
    settings.display_name = "Shop";
    settings.token_endpoint_auth_method = "none";
    settings.jwks_uri = "https://shop.example.com/jwks";
    settings.application_type = "native";
    settings.redirect_uris = {"https://shop.example.com/cb?a=1,2", "http://127.0.0.1/cb"};
    settings.post_logout_redirect_uris = {"https://shop.example.com/bye"};
    settings.scopes = {"openid"};
    settings.trusted = false;
    settings.skip_consent = true;
    settings.introspection_allowed = true;
    settings.subject_type = "pairwise";
    settings.sector_identifier_uri = "https://shop.example.com/sector";
    settings.id_token_signed_response_alg = "RS256";
    settings.userinfo_signed_response_alg = "PS256";
    settings.introspection_signed_response_alg = "EdDSA";
    settings.default_max_age_s = 0;
    settings.require_auth_time = true;
    settings.initiate_login_uri = "https://shop.example.com/start";
    settings.frontchannel_logout_uri = "https://shop.example.com/out";
    settings.backchannel_logout_uri = "https://shop.example.com/back";
    settings.client_uri = "https://shop.example.com/";
    settings.logo_uri = "https://shop.example.com/logo.png";
    settings.policy_uri = "https://shop.example.com/policy";
    settings.tos_uri = "https://shop.example.com/terms";
    settings.contacts = {"ops@example.com"};
    settings.software_id = "shop";
    settings.software_version = "1.2";
    const ClientId id = ClientId::random();
    must(insert_client(transaction, project, id, settings));
    const ClientSettings read = must(find_client(transaction, id))->client.settings;
    BOOST_TEST((read == settings));
    ClientSettings plain;
    plain.display_name = "Shop";
    BOOST_TEST((must(update_client(transaction, id, plain, 1))->settings == plain));
    BOOST_TEST((must(list_clients(transaction, ClientId{}, 1))[0].settings == plain));
}

BOOST_AUTO_TEST_CASE(a_registration_token_is_set_replaced_and_taken_away)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const ClientId id = database.make_client(project);
    auto transaction = database.in(project);
    BOOST_TEST(!must(find_client(transaction, id))->client.registration_token_digest);
    BOOST_TEST(must(set_client_registration_token(transaction, id, sha256("one"))));
    BOOST_TEST(must(set_client_registration_token(transaction, id, sha256("two"))));
    BOOST_TEST((must(find_client(transaction, id))->client.registration_token_digest == sha256("two")));
    BOOST_TEST(must(set_client_registration_token(transaction, id, std::nullopt)));
    BOOST_TEST(!must(find_client(transaction, id))->client.registration_token_digest);
    BOOST_TEST(!must(set_client_registration_token(transaction, ClientId::random(), sha256("x"))));
}

BOOST_AUTO_TEST_CASE(a_third_live_secret_is_refused_and_a_deleted_or_expired_one_makes_room)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const ClientId client = database.make_client(project);
    ClientSecretId first{};
    {
        auto transaction = database.in(project);
        first = must(add_secret(transaction, project, client)).id;
        must(add_secret(transaction, project, client));
        must(transaction.commit());
    }
    {
        auto transaction = database.in(project);
        const auto third = add_secret(transaction, project, client);
        BOOST_REQUIRE(!third);
        BOOST_TEST(third.error().fault == StoreFault::conflict);
        BOOST_TEST(third.error().constraint == "client_secrets_two_at_once");
    }
    auto transaction = database.in(project);
    BOOST_TEST(must(delete_client_secret(transaction, client, first)));
    must(add_secret(transaction, project, client, at_s(1)));
    must(add_secret(transaction, project, client));
    BOOST_TEST(must(find_client(transaction, client))->secrets.size() == 2);
    BOOST_TEST(!must(delete_client_secret(transaction, client, first)));
}

BOOST_AUTO_TEST_CASE(of_many_secrets_made_at_once_exactly_two_live)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const ClientId client = database.make_client(project);
    std::atomic<int> made = 0;
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> makers;
        for (int i = 0; i < 12; ++i) {
            makers.emplace_back([&] {
                auto transaction = Transaction::begin(database.app, RealmScope{project});
                const auto secret = add_secret(transaction.value(), project, client);
                if (secret && transaction.value().commit()) {
                    ++made;
                } else if (!secret && secret.error().constraint == "client_secrets_two_at_once") {
                    ++refused;
                }
            });
        }
    }
    BOOST_TEST(made == 2);
    BOOST_TEST(refused == 10);
}

BOOST_AUTO_TEST_CASE(access_needs_a_scope_of_the_resource)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const ResourceId resource = database.make_resource(project);
    const ClientId client = database.make_client(project);
    {
        auto transaction = database.in(project);
        const auto granted = set_client_access(transaction, project, client, resource, {"admin"}, true);
        BOOST_REQUIRE(!granted);
        BOOST_TEST(granted.error().fault == StoreFault::reference);
    }
    auto transaction = database.in(project);
    must(set_client_access(transaction, project, client, resource, {}, true));
    BOOST_TEST(must(find_client(transaction, client))->access.size() == 1);
    must(set_client_access(transaction, project, client, resource, {"read"}, true));
    BOOST_TEST(must(delete_scope(transaction, resource, "read")));
    BOOST_TEST(must(find_client(transaction, client))->access[0].scopes.empty());
    must(set_client_access(transaction, project, client, resource, {}, false));
    BOOST_TEST(must(find_client(transaction, client))->access.empty());
}

BOOST_AUTO_TEST_CASE(deleting_a_client_takes_everything_of_it_along)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    const ResourceId resource = database.make_resource(project);
    const ClientId client = database.make_client(project);
    auto transaction = database.in(project);
    must(add_secret(transaction, project, client));
    must(set_client_access(transaction, project, client, resource, {"read"}, true));
    BOOST_TEST(must(delete_client(transaction, client)));
    BOOST_TEST(!must(find_client(transaction, client)));
    BOOST_TEST(!must(delete_client(transaction, client)));
    BOOST_TEST(must(delete_resource(transaction, resource)));
}

BOOST_AUTO_TEST_CASE(resources_are_found_by_their_uri_and_it_is_taken_once_a_realm)
{
    Database database;
    const ProjectId a = database.make_project("a");
    const ProjectId b = database.make_project("b");
    const ResourceId of_a = database.make_resource(a);
    database.make_resource(b);  // the same URI in another realm
    {
        auto transaction = database.in(a);
        const auto again =
            insert_resource(transaction, a, ResourceId::random(), "x", "https://api.example.com/", "Again");
        BOOST_REQUIRE(!again);
        BOOST_TEST(again.error().fault == StoreFault::conflict);
        BOOST_TEST(again.error().constraint == "resources_uri_key");
    }
    auto transaction = database.in(a);
    const auto found = must(find_resource_by_uri(transaction, "https://api.example.com/"));
    BOOST_REQUIRE(found);
    BOOST_TEST((found->id == of_a));
    BOOST_REQUIRE(found->scopes.size() == 2);
    BOOST_TEST(found->scopes[1].name == "write");
    BOOST_TEST(must(update_resource(transaction, of_a, "New", 1)));
    BOOST_TEST(!must(update_resource(transaction, of_a, "Newer", 1)));
    must(put_scope(transaction, a, of_a, {"read", "Read it all"}));
    BOOST_TEST(must(find_resource(transaction, of_a))->scopes[0].description == "Read it all");
    BOOST_TEST(must(list_resources(transaction, ResourceId{}, 10)).size() == 1);
}

BOOST_AUTO_TEST_CASE(clients_are_listed_in_pages_and_change_by_revision)
{
    Database database;
    const ProjectId project = database.make_project("acme");
    for (int i = 0; i < 5; ++i) {
        database.make_client(project);
    }
    auto transaction = database.in(project);
    ClientId after{};
    std::size_t seen = 0;
    for (auto page = must(list_clients(transaction, after, 2)); !page.empty();
         page = must(list_clients(transaction, after, 2))) {
        BOOST_TEST((after < page[0].id));
        seen += page.size();
        after = page.back().id;
    }
    BOOST_TEST(seen == 5);
    ClientSettings settings;
    settings.display_name = "Other";
    BOOST_TEST(must(update_client(transaction, after, settings, 1))->revision == 2);
    BOOST_TEST(!must(update_client(transaction, after, settings, 1)));
    BOOST_TEST(must(set_client_disabled(transaction, after, true)));
    BOOST_TEST(must(find_client(transaction, after))->client.disabled);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
