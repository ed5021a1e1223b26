// What ends together, and what an access token stands on.
#include "base/random.hpp"
#include "storage/repositories/logout_deliveries.hpp"
#include "storage/repositories/revocations.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

enum class Offline { no, yes };

// A person with a session, at two clients that asked to be told of its end and one that did not.
struct House {
    Database database;
    ProjectId project = database.make_project("acme");
    OrganizationId organization = database.make_organization(project);
    UserId user = database.make_user(project, organization, "alice@example.com");
    ClientId first = database.make_client(project);
    ClientId second = database.make_client(project);
    ClientId silent = database.make_client(project);
    SessionId session = make_session();

    House()
    {
        for (const ClientId client : {first, second}) {
            run("UPDATE tessera.clients SET backchannel_logout_uri = 'https://rp.example/out' WHERE "
                "client_id = '"
                + to_string(client.uuid) + "'");
        }
        for (const ClientId client : {first, second, silent}) {
            run("INSERT INTO tessera.session_clients VALUES ('" + to_string(project.uuid) + "', '"
                + to_string(session.uuid) + "', '" + to_string(client.uuid) + "')");
        }
    }

    void run(const std::string& sql) const { database.query(sql); }

    // As the front's role in the realm: triggers run with its rights.
    void run_as_app(const std::string& sql) const
    {
        auto connection = database.connect("tessera_app");
        pqxx::work work{connection};
        work.exec("SELECT set_config('tessera.project_id', '" + to_string(project.uuid) + "', true)");
        work.exec(sql);
        work.commit();
    }

    SessionId make_session() const
    {
        const SessionId id = SessionId::random();
        Bytes digest(32);
        fill_random(digest);
        run("INSERT INTO tessera.sessions (project_id, session_id, user_id, organization_id, token_digest, "
            "primary_auth_factor, amr, acr, auth_time, create_time, last_active_time, expire_time, "
            "device_id, ip, "
            "user_agent) VALUES ('"
            + to_string(project.uuid) + "', '" + to_string(id.uuid) + "', '" + to_string(user.uuid) + "', '"
            + to_string(organization.uuid) + "', '\\x" + hex_encode(digest)
            + "', 'password', '{pwd}', '1', now(), now(), now(), now() + interval '1 hour', "
              "gen_random_uuid(), '', '')");
        return id;
    }

    TokenFamilyId make_family(Offline offline, std::string_view grant = "NULL") const
    {
        const TokenFamilyId id = TokenFamilyId::random();
        run("INSERT INTO tessera.token_families (project_id, family_id, client_id, user_id, organization_id, "
            "session_id, grant_id, redirect_uri, scope, resources, auth_time, amr, acr, auth_time_asked, "
            "offline, "
            "create_time, expire_time, family_text, user_text, session_text) VALUES ('"
            + to_string(project.uuid) + "', '" + to_string(id.uuid) + "', '" + to_string(first.uuid) + "', '"
            + to_string(user.uuid) + "', '" + to_string(organization.uuid) + "', '" + to_string(session.uuid)
            + "', " + std::string{grant}
            + ", 'https://rp.example/cb', 'openid', '{}', now(), '{pwd}', '1', false, "
            + (offline == Offline::yes ? "true" : "false") + ", now(), now() + interval '30 days', '"
            + id.to_string() + "', '" + user.to_string() + "', '" + session.to_string() + "')");
        return id;
    }

    Standing standing(TokenFamilyId family, const std::string& jti = "j")
    {
        auto transaction = database.in(project);
        return must(find_standing(transaction, jti, first, family));
    }

    std::vector<DueLogout> due() { return must(lease_logouts(database.system, 10, Seconds{30}, {})); }

    void end_session() const
    {
        run_as_app(
            "UPDATE tessera.sessions SET revoke_time = now(), revoke_reason = 'logout' WHERE session_id = '"
            + to_string(session.uuid) + "'");
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(revocations)

BOOST_AUTO_TEST_CASE(a_family_stands_and_says_whose_it_is)
{
    House house;
    const Standing standing = house.standing(house.make_family(Offline::no));
    BOOST_TEST(!standing.ended);
    BOOST_TEST((standing.user == house.user && standing.session == house.session));
    BOOST_TEST(!standing.offline);
    // The session ends first.
    BOOST_TEST((*standing.expire_time < SystemClock{}.now() + Seconds{3700}));
    BOOST_TEST(house.standing(TokenFamilyId::random()).ended);
}

BOOST_AUTO_TEST_CASE(a_session_takes_what_is_bound_to_it_and_leaves_what_outlives_it)
{
    House house;
    const TokenFamilyId bound = house.make_family(Offline::no);
    const TokenFamilyId offline = house.make_family(Offline::yes);
    house.end_session();
    BOOST_TEST(house.standing(bound).ended);
    BOOST_TEST(!house.standing(offline).ended);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_session_is_told_to_each_client_that_asked_once)
{
    House house;
    house.end_session();
    house.end_session();
    const auto due = house.due();
    BOOST_REQUIRE(due.size() == 2U);
    for (const DueLogout& each : due) {
        BOOST_TEST((each.client == house.first || each.client == house.second));
        BOOST_TEST((each.session == house.session && each.user == house.user && each.slug == "acme"));
        BOOST_TEST(each.attempts == 1);
    }
}

BOOST_AUTO_TEST_CASE(a_rolled_back_end_of_a_session_tells_nobody)
{
    House house;
    {
        auto connection = house.database.connect("tessera_app");
        pqxx::work work{connection};
        work.exec("SELECT set_config('tessera.project_id', '" + to_string(house.project.uuid) + "', true)");
        work.exec("UPDATE tessera.sessions SET revoke_time = now() WHERE session_id = '"
                  + to_string(house.session.uuid) + "'");
    }
    BOOST_TEST(house.due().empty());
}

BOOST_AUTO_TEST_CASE(a_disabled_user_loses_everything_offline_access_too)
{
    House house;
    const TokenFamilyId offline = house.make_family(Offline::yes);
    house.run_as_app("UPDATE tessera.users SET disabled = true WHERE user_id = '" + to_string(house.user.uuid)
                     + "'");
    BOOST_TEST(house.standing(offline).ended);
    house.run_as_app("UPDATE tessera.users SET disabled = false WHERE user_id = '"
                     + to_string(house.user.uuid) + "'");
    BOOST_TEST(house.standing(offline).ended);  // for good
    BOOST_TEST(house.due().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_deleted_user_or_organization_takes_families_along_and_clients_are_told)
{
    for (const char* sql : {"DELETE FROM tessera.users", "DELETE FROM tessera.organizations"}) {
        House house;
        const TokenFamilyId family = house.make_family(Offline::yes);
        house.run_as_app(sql);
        BOOST_TEST(house.standing(family).ended, sql);
        BOOST_TEST(house.due().size() == 2U, sql);
    }
}

BOOST_AUTO_TEST_CASE(a_withdrawn_consent_takes_what_was_issued_on_it)
{
    House house;
    const GrantId grant = GrantId::random();
    house.run("INSERT INTO tessera.grants (project_id, grant_id, user_id, client_id) VALUES ('"
              + to_string(house.project.uuid) + "', '" + to_string(grant.uuid) + "', '"
              + to_string(house.user.uuid) + "', '" + to_string(house.first.uuid) + "')");
    const TokenFamilyId with = house.make_family(Offline::yes, "'" + to_string(grant.uuid) + "'");
    const TokenFamilyId without = house.make_family(Offline::yes);
    house.run_as_app("DELETE FROM tessera.grants");
    BOOST_TEST(house.standing(with).ended);
    BOOST_TEST(!house.standing(without).ended);
}

BOOST_AUTO_TEST_CASE(a_switched_off_organization_or_client_ends_tokens_for_as_long_as_it_is_off)
{
    House house;
    const TokenFamilyId family = house.make_family(Offline::yes);
    for (const char* column : {"organizations SET logins_disabled", "clients SET disabled"}) {
        house.run(std::string{"UPDATE tessera."} + column + " = true");
        BOOST_TEST(house.standing(family).ended, column);
        house.run(std::string{"UPDATE tessera."} + column + " = false");
        BOOST_TEST(!house.standing(family).ended, column);
    }
}

BOOST_AUTO_TEST_CASE(one_access_token_ends_alone_and_a_family_as_a_whole)
{
    House house;
    const TokenFamilyId family = house.make_family(Offline::no);
    auto transaction = house.database.in(house.project);
    must(revoke_access_token(transaction, house.project, "one", at_s(4'000'000'000)));
    must(revoke_access_token(transaction, house.project, "one", at_s(4'000'000'000)));
    must(transaction.commit());
    BOOST_TEST(house.standing(family, "one").ended);
    BOOST_TEST(!house.standing(family, "two").ended);
    auto another = house.database.in(house.project);
    BOOST_TEST(must(end_family(another, family, "test")));
    BOOST_TEST(!must(end_family(another, family, "test")));
    must(another.commit());
    BOOST_TEST(house.standing(family, "two").ended);
}

BOOST_AUTO_TEST_CASE(a_delivery_has_one_holder_until_its_lease_is_over)
{
    House house;
    house.end_session();
    const auto first = must(lease_logouts(house.database.system, 1, Seconds{30}, {}));
    const auto second = must(lease_logouts(house.database.system, 10, Seconds{0}, {}));
    BOOST_REQUIRE((first.size() == 1U && second.size() == 1U));
    BOOST_TEST((first[0].id != second[0].id));
    // The second one's lease is over at once: it is due again, and its earlier holder can no longer settle it.
    const auto again = must(lease_logouts(house.database.system, 10, Seconds{30}, {}));
    BOOST_REQUIRE((again.size() == 1U && again[0].id == second[0].id && again[0].attempts == 2));
    BOOST_TEST(!must(mark_logout_sent(house.database.system, second[0])));
    BOOST_TEST(must(postpone_logout(house.database.system, again[0], "away", Seconds{0})));
    const auto last = house.due();
    BOOST_REQUIRE(last.size() == 1U);
    BOOST_TEST(must(mark_logout_failed(house.database.system, last[0], std::string(600, 'x'))));
    BOOST_TEST(must(mark_logout_sent(house.database.system, first[0])));
    house.run("UPDATE tessera.logout_deliveries SET next_attempt_time = now()");
    BOOST_TEST(house.due().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
