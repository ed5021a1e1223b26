// Many rotations in one statement: each is judged for itself, and what was rotated is recorded with it.
#include "base/random.hpp"
#include "storage/repositories/refresh_tokens.hpp"
#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

// A person of a realm and a client that holds families of theirs.
struct Holder {
    Database database;
    ProjectId project = database.make_project("acme");
    OrganizationId organization = database.make_organization(project);
    UserId user = database.make_user(project, organization, "alice@example.com");
    ClientId client = database.make_client(project);
    Instant now = SystemClock{}.now();

    // Its one refresh token is `token`.
    TokenFamilyId make_family(const std::string& token, const std::string& scope = "openid") const
    {
        const TokenFamilyId id = TokenFamilyId::random();
        const std::string key = "'" + to_string(project.uuid) + "', ";
        const std::string family = "'" + to_string(id.uuid) + "', ";
        database.query(
            "INSERT INTO tessera.token_families (project_id, family_id, client_id, user_id, organization_id, "
            "session_id, redirect_uri, scope, resources, auth_time, amr, acr, auth_time_asked, offline, "
            "create_time, expire_time, family_text, user_text, session_text) VALUES ("
            + key + family + "'" + to_string(client.uuid) + "', '" + to_string(user.uuid) + "', '"
            + to_string(organization.uuid) + "', gen_random_uuid(), 'https://rp.example/cb', '" + scope
            + "', '{https://api.example.com/}', now(), '{pwd}', '1', false, true, now(), "
              "now() + interval '30 days', '"
            + id.to_string() + "', '" + user.to_string() + "', 'session')");
        database.query("INSERT INTO tessera.refresh_tokens (project_id, digest, family_id, create_time, "
                       "expire_time) VALUES ("
                       + key + "'\\x" + hex_encode(sha256(token)) + "', " + family
                       + "now(), now() + interval '1 day')");
        return id;
    }

    Rotation rotation(const std::string& token) const
    {
        Rotation made;
        made.refresh.digest = sha256(token);
        made.refresh.client = client;
        made.refresh.own_api = "https://issuer.example/api";
        made.refresh.now = now;
        made.refresh.idle_expire_time = now + Seconds{3600};
        made.refresh.successor = Successor{sha256("after " + token), Bytes{1, 2, 3}};
        made.event = make_event(project, now);
        made.event.body = R"({"family":"","note":"\"quoted\", {braced}"})";
        return made;
    }

    std::vector<std::optional<TokenFamily>> rotate(const std::vector<Rotation>& rotations)
    {
        auto transaction = database.in(project);
        auto families = must(rotate_refresh_tokens(transaction, rotations));
        must(transaction.commit());
        return families;
    }

    std::string value(const std::string& sql) const { return database.query(sql)[0][0].as<std::string>(); }
};

bool is(const std::optional<TokenFamily>& found, TokenFamilyId id) { return found && found->id == id; }

}  // namespace

BOOST_AUTO_TEST_SUITE(refresh_tokens)

BOOST_AUTO_TEST_CASE(each_rotation_of_a_batch_gets_its_own_family_and_event)
{
    Holder holder;
    std::vector<TokenFamilyId> families;
    std::vector<Rotation> rotations;
    for (int i = 0; i < 20; ++i) {
        const std::string token = "token " + std::to_string(i);
        families.push_back(holder.make_family(token));
        rotations.push_back(holder.rotation(token));
    }
    const auto rotated = holder.rotate(rotations);
    for (std::size_t i = 0; i < families.size(); ++i) {
        BOOST_TEST(is(rotated[i], families[i]));
        BOOST_TEST(holder.value("SELECT body FROM tessera.audit_events WHERE event_id = '"
                                + to_string(rotations[i].event.id.uuid) + "'")
                   == R"({"family":")" + families[i].to_string() + R"(","note":"\"quoted\", {braced}"})");
    }
    BOOST_TEST(holder.value("SELECT count(*) FROM tessera.refresh_tokens WHERE rotate_time IS NULL") == "20");
}

BOOST_AUTO_TEST_CASE(what_may_not_be_rotated_is_left_out_and_leaves_nothing_behind)
{
    Holder holder;
    const TokenFamilyId good = holder.make_family("good");
    holder.make_family("foreign");
    holder.make_family("wide");
    holder.make_family("elsewhere");
    Rotation foreign = holder.rotation("foreign");
    foreign.refresh.client = holder.database.make_client(holder.project);
    Rotation wide = holder.rotation("wide");
    wide.refresh.scopes = {"openid", "email"};
    Rotation elsewhere = holder.rotation("elsewhere");
    elsewhere.refresh.resources = {"https://other.example/"};
    const auto rotated =
        holder.rotate({foreign, holder.rotation("unknown"), wide, holder.rotation("good"), elsewhere});
    BOOST_TEST((!rotated[0] && !rotated[1] && !rotated[2] && !rotated[4]));
    BOOST_TEST(is(rotated[3], good));
    BOOST_TEST(holder.value("SELECT count(*) FROM tessera.refresh_tokens") == "5");
    BOOST_TEST(holder.value("SELECT count(*) FROM tessera.audit_events") == "1");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_twice_in_a_batch_is_rotated_once)
{
    Holder holder;
    holder.make_family("token");
    Rotation second = holder.rotation("token");
    second.refresh.successor->digest = sha256("another successor");
    const auto rotated = holder.rotate({holder.rotation("token"), second});
    BOOST_TEST(rotated[0].has_value() != rotated[1].has_value());
    BOOST_TEST(holder.value("SELECT count(*) FROM tessera.refresh_tokens") == "2");
    BOOST_TEST(holder.value("SELECT count(*) FROM tessera.audit_events") == "1");
    BOOST_TEST(!holder.rotate({holder.rotation("token")})[0].has_value());
}

BOOST_AUTO_TEST_CASE(narrowed_scopes_and_the_realms_own_api_are_allowed)
{
    Holder holder;
    const TokenFamilyId family = holder.make_family("token", "email openid");
    Rotation narrow = holder.rotation("token");
    narrow.refresh.scopes = {"openid"};
    narrow.refresh.resources = {"https://api.example.com/", narrow.refresh.own_api};
    BOOST_TEST(is(holder.rotate({narrow})[0], family));
}

BOOST_AUTO_TEST_CASE(another_realms_token_is_not_seen)
{
    Holder holder;
    holder.make_family("token");
    auto transaction = holder.database.in(holder.database.make_project("other"));
    BOOST_TEST(!must(rotate_refresh_tokens(transaction, {holder.rotation("token")}))[0].has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
