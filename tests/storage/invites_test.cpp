#include <atomic>
#include <thread>

#include "tests/storage/database.hpp"

namespace tessera::tests {

using namespace storage;

namespace {

const Instant soon = at_s(4'000'000'000);

struct OneOrganization : Database {
    ProjectId project = make_project("acme");
    OrganizationId organization = make_organization(project);

    NewInvite invite(const std::string& email, Instant expire = soon) const
    {
        return {UserInviteId::random(), organization, email, false, expire};
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(invites, OneOrganization)

BOOST_AUTO_TEST_CASE(an_address_has_one_invite_in_any_case_and_the_newest_wish_counts)
{
    auto transaction = in(project);
    const auto first = must(put_invite(transaction, project, invite("Ann@example.com")));
    BOOST_REQUIRE(first);
    BOOST_TEST(!first->owner);
    NewInvite again = invite("ann@EXAMPLE.com", at_s(4'100'000'000));
    again.owner = true;
    const auto second = must(put_invite(transaction, project, again));
    BOOST_REQUIRE(second);
    BOOST_TEST((second->id == first->id));
    BOOST_TEST(second->owner);
    BOOST_TEST((second->expire_time == at_s(4'100'000'000)));
    BOOST_TEST(must(list_invites(transaction, organization, UserInviteId{}, 10)).size() == 1);
    BOOST_TEST((must(find_invite(transaction, first->id))->email == "Ann@example.com"));
}

BOOST_AUTO_TEST_CASE(who_is_there_already_is_not_invited)
{
    make_user(project, organization, "Ann@example.com");
    auto transaction = in(project);
    BOOST_TEST(!must(put_invite(transaction, project, invite("ann@example.com"))));
    NewInvite elsewhere = invite("ann@example.com");
    elsewhere.organization = OrganizationId::random();
    const auto nowhere = put_invite(transaction, project, elsewhere);
    BOOST_REQUIRE(!nowhere);
    BOOST_TEST(nowhere.error().fault == StoreFault::reference);
}

BOOST_AUTO_TEST_CASE(an_expired_invite_is_not_used)
{
    auto transaction = in(project);
    must(put_invite(transaction, project, invite("ann@example.com", at_s(100))));
    BOOST_TEST(!must(consume_invite(transaction, organization, "ann@example.com", at_s(100))));
    BOOST_TEST(!must(consume_invite(transaction, OrganizationId::random(), "ann@example.com", at_s(99))));
    BOOST_TEST(must(consume_invite(transaction, organization, "ANN@example.com", at_s(99))).has_value());
    BOOST_TEST(!must(consume_invite(transaction, organization, "ann@example.com", at_s(99))));
}

BOOST_AUTO_TEST_CASE(of_many_who_use_one_invite_exactly_one_gets_it)
{
    {
        auto transaction = in(project);
        must(put_invite(transaction, project, invite("ann@example.com")));
        must(transaction.commit());
    }
    std::atomic<int> got = 0;
    {
        std::vector<std::jthread> users;
        for (int i = 0; i < 8; ++i) {
            users.emplace_back([&] {
                auto transaction = Transaction::begin(app, RealmScope{project});
                const auto used =
                    consume_invite(transaction.value(), organization, "ann@example.com", at_s(1'800'000'000));
                if (used && used.value() && transaction.value().commit()) {
                    ++got;
                }
            });
        }
    }
    BOOST_TEST(got == 1);
}

BOOST_AUTO_TEST_CASE(invites_are_listed_in_pages_of_a_realm_or_an_organization_and_deleted)
{
    const OrganizationId other = make_organization(project);
    auto transaction = in(project);
    for (int i = 0; i < 3; ++i) {
        must(put_invite(transaction, project, invite(std::to_string(i) + "@example.com")));
    }
    NewInvite elsewhere = invite("0@example.com");
    elsewhere.organization = other;
    must(put_invite(transaction, project, elsewhere));
    BOOST_TEST(must(list_invites(transaction, std::nullopt, UserInviteId{}, 10)).size() == 4);
    const auto page = must(list_invites(transaction, organization, UserInviteId{}, 2));
    BOOST_REQUIRE(page.size() == 2);
    BOOST_TEST((page[0].id < page[1].id));
    const auto rest = must(list_invites(transaction, organization, page[1].id, 2));
    BOOST_REQUIRE(rest.size() == 1);
    BOOST_TEST(must(delete_invite(transaction, rest[0].id)));
    BOOST_TEST(!must(delete_invite(transaction, rest[0].id)));
    BOOST_TEST(!must(find_invite(transaction, rest[0].id)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::tests
