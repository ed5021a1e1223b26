#include <atomic>
#include <thread>

#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

UserProfile full_profile()
{
    return {.display_name = "Łucja \"L\" \\",
            .profile_picture_url = "https://cdn.example.com/l.png",
            .given_name = "Łucja",
            .family_name = "Nowak",
            .middle_name = "M",
            .nickname = "Lu",
            .preferred_username = "lucja",
            .profile = "https://example.com/l",
            .website = "https://l.example.com/",
            .gender = "female",
            .birthdate = "0000-02-29",
            .zoneinfo = "Europe/Warsaw",
            .locale = "pl-PL",
            .phone_number = "+48123456789",
            .address_formatted = "Street 1\nTown",
            .address_street = "Street 1",
            .address_locality = "Town",
            .address_region = "Region",
            .address_postal_code = "00-001",
            .address_country = "PL"};
}

// One realm with one organization.
struct OneOrganization : Database {
    ProjectId project = make_project("acme");
    OrganizationId organization = make_organization(project);

    User user(UserId id)
    {
        auto transaction = in(project);
        return *must(find_user(transaction, id));
    }
    Result<std::optional<User>, StoreError> demote(UserId id)
    {
        auto transaction = in(project);
        UserSettings settings = must(find_user(transaction, id))->settings;
        settings.owner = false;
        TRY(auto&& updated, update_user(transaction, id, settings, 0));
        TRY(transaction.commit());
        return std::move(updated);
    }
};

void is_last_owner(const StoreError& error)
{
    BOOST_TEST(error.fault == StoreFault::invalid);
    BOOST_TEST(error.constraint == "users_last_owner");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(users, OneOrganization)

BOOST_AUTO_TEST_CASE(a_user_comes_back_with_every_claim_and_an_update_replaces_them)
{
    auto transaction = in(project);
    const UserId id = UserId::random();
    UserSettings settings{.email = "Lucja@example.com", .owner = false, .profile = full_profile()};
    const User made =
        must(insert_user(transaction, project, id, organization, settings, EmailProof::verified));
    BOOST_TEST(made.settings.email == "Lucja@example.com");
    BOOST_TEST((made.settings.profile == full_profile()));
    BOOST_TEST(made.email_verified);
    BOOST_TEST(!(made.has_password || made.has_authenticator_app || made.has_passkey));
    BOOST_TEST((made.organization == organization));
    settings.profile = {};
    const auto updated = must(update_user(transaction, id, settings, 1));
    BOOST_REQUIRE(updated);
    BOOST_TEST((updated->settings.profile == UserProfile{}));
    BOOST_TEST(updated->email_verified);
    BOOST_TEST(updated->revision == 2);
    BOOST_TEST(!must(update_user(transaction, id, settings, 1)));
}

// T-19: nobody exists twice because of the case of letters.
BOOST_AUTO_TEST_CASE(an_email_is_one_person_in_any_case)
{
    const UserId id = make_user(project, organization, "Ann@example.com");
    {
        auto transaction = in(project);
        const auto again =
            insert_user(transaction, project, UserId::random(), organization,
                        {.email = "aNN@EXAMPLE.com", .owner = false, .profile = {}}, EmailProof::none);
        BOOST_REQUIRE(!again);
        BOOST_TEST(again.error().fault == StoreFault::conflict);
        BOOST_TEST(again.error().constraint == "users_email_key");
    }
    const OrganizationId other = make_organization(project);
    const UserId there = make_user(project, other, "ann@example.com");
    auto transaction = in(project);
    BOOST_TEST((must(find_user_by_email(transaction, organization, "ANN@example.COM"))->id == id));
    BOOST_TEST((must(find_user_by_email(transaction, other, "ANN@example.COM"))->id == there));
    BOOST_TEST(must(find_users_by_email(transaction, "ann@EXAMPLE.com", 10)).size() == 2);
    BOOST_TEST(must(find_users_by_email(transaction, "ann@EXAMPLE.com", 1)).size() == 1);
    BOOST_TEST(must(find_users_by_email(transaction, "ann@example.co", 10)).empty());
}

BOOST_AUTO_TEST_CASE(a_proof_of_an_address_ends_with_the_address)
{
    const UserId id = make_user(project, organization, "ann@example.com");
    auto transaction = in(project);
    BOOST_TEST(!must(mark_email_verified(transaction, id, "bob@example.com")));
    BOOST_TEST(!must(find_user(transaction, id))->email_verified);
    BOOST_TEST(must(mark_email_verified(transaction, id, "ANN@example.com")));
    BOOST_TEST(must(mark_email_verified(transaction, id, "ann@example.com")));
    BOOST_TEST(must(find_user(transaction, id))->revision == 2);
    UserSettings settings{.email = "Ann@Example.com", .owner = false, .profile = {}};
    BOOST_TEST(must(update_user(transaction, id, settings, 0))->email_verified);
    settings.email = "ann@example.org";
    BOOST_TEST(!must(update_user(transaction, id, settings, 0))->email_verified);
    BOOST_TEST(!must(mark_email_verified(transaction, id, "ann@example.com")));
}

BOOST_AUTO_TEST_CASE(a_proof_of_a_telephone_number_ends_with_the_number)
{
    const UserId id = make_user(project, organization, "ann@example.com");
    query("UPDATE tessera.users SET phone_number = '+4912', phone_number_verified = true");
    auto transaction = in(project);
    UserSettings settings{.email = "ann@example.com", .owner = false, .profile = {}};
    settings.profile.phone_number = "+4912";
    BOOST_TEST(must(update_user(transaction, id, settings, 0))->phone_number_verified);
    settings.profile.phone_number.reset();
    BOOST_TEST(!must(update_user(transaction, id, settings, 0))->phone_number_verified);
}

BOOST_AUTO_TEST_CASE(the_last_owner_can_not_be_demoted_disabled_or_deleted)
{
    const UserId owner = make_owner(project, organization, "ann@example.com");
    make_user(project, organization, "bob@example.com");
    const UserId elsewhere = make_owner(project, make_organization(project), "eve@example.com");
    is_last_owner(demote(owner).error());
    {
        auto transaction = in(project);
        is_last_owner(set_user_disabled(transaction, owner, true).error());
    }
    {
        auto transaction = in(project);
        is_last_owner(delete_user(transaction, owner).error());
    }
    is_last_owner(demote(elsewhere).error());
    make_owner(project, organization, "cid@example.com");
    BOOST_TEST(demote(owner).has_value());
}

BOOST_AUTO_TEST_CASE(a_disabled_owner_counts_for_nobody)
{
    const UserId owner = make_owner(project, organization, "ann@example.com");
    const UserId disabled = make_owner(project, organization, "bob@example.com");
    {
        auto transaction = in(project);
        must(set_user_disabled(transaction, disabled, true));
        must(transaction.commit());
    }
    is_last_owner(demote(owner).error());
    BOOST_TEST(demote(disabled).has_value());
    auto transaction = in(project);
    BOOST_TEST(must(delete_user(transaction, disabled)));
}

BOOST_AUTO_TEST_CASE(of_many_owners_who_leave_at_once_exactly_one_stays)
{
    constexpr int owners = 8;
    std::vector<UserId> ids;
    for (int i = 0; i < owners; ++i) {
        ids.push_back(make_owner(project, organization, "owner" + std::to_string(i) + "@example.com"));
    }
    std::atomic<int> left = 0;
    std::atomic<int> refused = 0;
    {
        std::vector<std::jthread> leavers;
        for (const UserId id : ids) {
            leavers.emplace_back([&, id] {
                auto begun = Transaction::begin(app, RealmScope{project});
                auto& transaction = begun.value();
                const auto deleted = delete_user(transaction, id);
                if (deleted && transaction.commit()) {
                    ++left;
                } else if (!deleted && deleted.error().constraint == "users_last_owner") {
                    ++refused;
                }
            });
        }
    }
    BOOST_TEST(left == owners - 1);
    BOOST_TEST(refused == 1);
    auto transaction = in(project);
    BOOST_TEST(must(list_users(transaction, organization, UserId{}, 10)).size() == 1);
}

BOOST_AUTO_TEST_CASE(an_organization_goes_with_its_owners)
{
    const UserId owner = make_owner(project, organization, "ann@example.com");
    auto transaction = in(project);
    BOOST_TEST(must(delete_organization(transaction, organization)));
    BOOST_TEST(!must(find_user(transaction, owner)));
}

BOOST_AUTO_TEST_CASE(users_are_listed_in_pages_of_a_realm_or_an_organization)
{
    const OrganizationId other = make_organization(project);
    for (int i = 0; i < 5; ++i) {
        make_user(project, i < 3 ? organization : other, std::to_string(i) + "@example.com");
    }
    auto transaction = in(project);
    const auto seen = [&](std::optional<OrganizationId> of) {
        std::size_t count = 0;
        UserId after{};
        for (auto page = must(list_users(transaction, of, after, 2)); !page.empty();
             page = must(list_users(transaction, of, after, 2))) {
            BOOST_TEST((after < page[0].id));
            BOOST_TEST((!of || page[0].organization == *of));
            count += page.size();
            after = page.back().id;
        }
        return count;
    };
    BOOST_TEST(seen(std::nullopt) == 5);
    BOOST_TEST(seen(organization) == 3);
    BOOST_TEST(seen(other) == 2);
}

BOOST_AUTO_TEST_CASE(a_sign_in_is_remembered_without_a_new_revision)
{
    const UserId id = make_user(project, organization, "ann@example.com");
    BOOST_TEST(!user(id).last_sign_in_time);
    auto transaction = in(project);
    BOOST_TEST(must(record_user_sign_in(transaction, id, at_s(1'800'000'000))));
    const auto found = must(find_user(transaction, id));
    BOOST_TEST((found->last_sign_in_time == at_s(1'800'000'000)));
    BOOST_TEST(found->revision == 1);
}

// SR-08: a link that could be moved would be a login as anybody.
BOOST_AUTO_TEST_CASE(identity_links_are_immutable)
{
    make_user(project, organization, "ann@example.com");
    for (const std::string column : {"google_user_id", "microsoft_user_id", "github_user_id",
                                     "organization_id", "user_id", "project_id"}) {
        BOOST_TEST_CONTEXT(column)
        {
            auto connection = connect("tessera_app");
            pqxx::nontransaction work{connection};
            work.exec("SELECT set_config('tessera.project_id', '" + to_string(project.uuid) + "', false)");
            BOOST_CHECK_THROW(work.exec("UPDATE tessera.users SET " + column + " = " + column),
                              pqxx::insufficient_privilege);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
