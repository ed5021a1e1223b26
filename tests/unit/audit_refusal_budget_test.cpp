#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/audit/refusal_budget.hpp"

using namespace tessera;
using audit::RefusalBudget;

namespace {

const ProjectId realm = ProjectId::random();
const std::string address = "198.51.100.7";

int recorded_of(RefusalBudget& budget, int refusals, const std::string& from, Tick now)
{
    int recorded = 0;
    for (int i = 0; i < refusals; ++i) {
        recorded += budget.take(realm, from, now).has_value() ? 1 : 0;
    }
    return recorded;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_refusal_budget)

BOOST_AUTO_TEST_CASE(beyond_the_burst_refusals_are_counted_and_the_next_event_says_how_many)
{
    RefusalBudget budget;
    const Tick now{Seconds{1000}};
    BOOST_TEST(recorded_of(budget, 1050, address, now) == 1000);
    BOOST_TEST(!budget.take(realm, address, now + RefusalBudget::refill / 2).has_value());
    const auto next = budget.take(realm, address, now + RefusalBudget::refill);
    BOOST_REQUIRE(next.has_value());
    BOOST_TEST(*next == 51U);
    BOOST_TEST(budget.take(realm, address, now + Seconds{3600}).value() == 0U);
}

BOOST_AUTO_TEST_CASE(a_network_spends_its_own_budget_only)
{
    RefusalBudget budget;
    const Tick now{Seconds{1000}};
    BOOST_TEST(recorded_of(budget, 1100, address, now) == 1000);
    BOOST_TEST(!budget.take(realm, "198.51.100.200", now).has_value());  // the same /24
    BOOST_TEST(budget.take(realm, "198.51.101.7", now).has_value());
    BOOST_TEST(budget.take(ProjectId::random(), address, now).has_value());
    BOOST_TEST(recorded_of(budget, 1100, "2001:db8:0:0100::1", now) == 1000);
    BOOST_TEST(!budget.take(realm, "2001:db8:0:01ff::1", now).has_value());  // the same /56
    BOOST_TEST(budget.take(realm, "2001:db8:0:0200::1", now).has_value());
}

BOOST_AUTO_TEST_CASE(networks_without_end_share_what_is_left)
{
    RefusalBudget budget;
    const Tick now{Seconds{1000}};
    int recorded = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::string from = "10." + std::to_string(i / 250 % 250) + '.' + std::to_string(i % 250) + ".1";
        recorded += budget.take(realm, from, now).has_value() ? 1 : 0;
    }
    BOOST_TEST(recorded == static_cast<int>(RefusalBudget::networks_max + RefusalBudget::burst));
}

BOOST_AUTO_TEST_SUITE_END()
