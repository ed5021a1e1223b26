#include <boost/test/unit_test.hpp>

#include <random>

#include "keyd/keyring/face.hpp"
#include "keyd/keyring/policy.hpp"
#include "keyd/rotation/plan.hpp"
#include "keyd/rotation/state.hpp"
#include "keyd/rotation/transitions.hpp"
#include "tests/support/caching_verifier.hpp"

namespace {

using namespace tessera;
using namespace tessera::keyd;

const Instant start = from_unix_s(1'800'000'000);
constexpr Seconds hour{3600};
constexpr Seconds day{86400};

KeyRecord new_key(v1::Algorithm algorithm, Instant now)
{
    KeyRecord key;
    key.id = KeyId::random();
    key.algorithm = algorithm;
    key.kid = key.id.to_string();
    key.jwk = R"({"kid":")" + key.kid + R"("})";
    key.created = now;
    return key;
}

Ring new_ring(std::vector<v1::Algorithm> algorithms = {v1::ES256})
{
    Ring ring;
    ring.record.id = KeyringId::random();
    ring.record.algorithms = std::move(algorithms);
    ring.record.policy = default_policy();
    ring.record.lifetime_max_seen = ring.record.policy.lifetime_max;
    ring.record.jwks_max_age_seen = ring.record.policy.jwks_max_age;
    for (const v1::Algorithm algorithm : ring.record.algorithms) {
        KeyRecord key = new_key(algorithm, start);
        key.published = key.ready = key.active = start;
        ring.keys.push_back(std::move(key));
    }
    return ring;
}

// Performs one action of the plan as the driver does; false when there is none.
bool perform_one(Ring& ring, Instant now)
{
    const Action action = next_action(ring.record, ring.keys, now);
    switch (action.kind) {
    case ActionKind::wait: return false;
    case ActionKind::generate: ring.keys.push_back(new_key(action.algorithm, now)); break;
    case ActionKind::publish: publish(ring, action.key, now); break;
    case ActionKind::activate: activate(ring, action.key, now); break;
    case ActionKind::remove: remove(ring, action.key, now); break;
    case ActionKind::destroy: key_of(ring, action.key).destroyed = now; break;
    }
    return true;
}

std::size_t settle(Ring& ring, Instant now)
{
    std::size_t steps = 0;
    while (perform_one(ring, now)) {
        BOOST_REQUIRE(++steps < 100U);
    }
    return steps;
}

v1::KeyState state_of(const Ring& ring, std::size_t at, Instant now) { return state(ring.keys.at(at), now); }

BOOST_AUTO_TEST_SUITE(keyd_rotation)

BOOST_AUTO_TEST_CASE(state_is_total_over_every_set_of_instants)
{
    for (unsigned bits = 0; bits < 128; ++bits) {
        KeyRecord key;
        std::optional<Instant>* const instants[] = {&key.published,  &key.ready,   &key.active,
                                                    &key.retired,    &key.removed, &key.destroyed,
                                                    &key.compromised};
        for (std::size_t i = 0; i < std::size(instants); ++i) {
            if ((bits >> i & 1U) != 0) {
                *instants[i] = start;
            }
        }
        BOOST_TEST(state(key, start - Seconds{1}) == v1::CREATED);
        const v1::KeyState now = state(key, start);
        if (key.destroyed) {
            BOOST_TEST(now == v1::DESTROYED);
        } else if (key.removed || key.compromised) {
            BOOST_TEST(now == v1::REMOVED);
        }
        BOOST_TEST(is_in_jwks(key, start) == (now >= v1::PUBLISHED && now <= v1::RETIRED));
    }
}

BOOST_AUTO_TEST_CASE(a_life_goes_through_its_states_in_order)
{
    Ring ring = new_ring();
    settle(ring, start);
    BOOST_REQUIRE(ring.keys.size() == 2U);
    BOOST_TEST(state_of(ring, 0, start) == v1::ACTIVE);
    BOOST_TEST(state_of(ring, 1, start) == v1::PUBLISHED);
    BOOST_TEST(state_of(ring, 1, start + hour) == v1::PUBLISHED);
    BOOST_TEST(state_of(ring, 1, start + hour + Seconds{60}) == v1::READY);

    const Instant due = start + 30 * day;
    BOOST_TEST(settle(ring, due - Seconds{1}) == 0U);
    settle(ring, due);
    BOOST_TEST(state_of(ring, 0, due) == v1::RETIRED);
    BOOST_TEST(state_of(ring, 1, due) == v1::ACTIVE);
    BOOST_REQUIRE(ring.keys.size() == 3U);
    BOOST_TEST(state_of(ring, 2, due) == v1::PUBLISHED);

    const Instant removal = removal_instant(ring.record, due);
    BOOST_TEST((removal >= due + ring.record.policy.lifetime_max));
    settle(ring, removal);
    BOOST_TEST(state_of(ring, 0, removal) == v1::REMOVED);
    const Instant destruction = removal + ring.record.policy.destroy_delay;
    BOOST_TEST(settle(ring, destruction - Seconds{1}) == 0U);
    settle(ring, destruction);
    BOOST_TEST(state_of(ring, 0, destruction) == v1::DESTROYED);
}

BOOST_AUTO_TEST_CASE(early_calls_are_harmless_and_the_time_to_look_again_is_true)
{
    Ring ring = new_ring({v1::ES256, v1::RS256});
    Instant now = start;
    for (int i = 0; i < 200; ++i) {
        settle(ring, now);
        const Action action = next_action(ring.record, ring.keys, now);
        BOOST_REQUIRE(action.kind == ActionKind::wait);
        BOOST_REQUIRE((action.look_again > now));
        BOOST_TEST((next_action(ring.record, ring.keys, action.look_again - Microseconds{1}).kind
                    == ActionKind::wait));
        BOOST_TEST((next_action(ring.record, ring.keys, action.look_again).kind != ActionKind::wait));
        now = action.look_again;
    }
}

BOOST_AUTO_TEST_CASE(a_successor_that_is_not_ready_makes_the_active_key_stay)
{
    Ring ring = new_ring();
    // Nothing ran for two months: the standby is made only now.
    const Instant late = start + 60 * day;
    settle(ring, late);
    BOOST_TEST(state_of(ring, 0, late) == v1::ACTIVE);
    settle(ring, late + hour);
    BOOST_TEST(state_of(ring, 0, late + hour) == v1::ACTIVE);
    const Instant ready = late + hour + Seconds{60};
    settle(ring, ready);
    BOOST_TEST(state_of(ring, 0, ready) == v1::RETIRED);
    BOOST_TEST(state_of(ring, 1, ready) == v1::ACTIVE);
}

BOOST_AUTO_TEST_CASE(a_compromised_key_is_followed_at_once_and_destroyed)
{
    Ring ring = new_ring();
    settle(ring, start);
    const Instant now = start + Seconds{10};
    ring.keys[0].compromised = now;
    settle(ring, now);
    BOOST_TEST(state_of(ring, 0, now) == v1::REMOVED);
    BOOST_TEST(state_of(ring, 1, now) == v1::ACTIVE);
    BOOST_TEST(jwks_of(ring, now).find(ring.keys[0].kid) == std::string::npos);
    settle(ring, now + ring.record.policy.destroy_delay);
    BOOST_TEST(state_of(ring, 0, now + ring.record.policy.destroy_delay) == v1::DESTROYED);
}

BOOST_AUTO_TEST_CASE(a_missing_key_stops_generation_and_rotation)
{
    Ring ring = new_ring();
    settle(ring, start);
    ring.keys[1].missing = true;
    BOOST_TEST(settle(ring, start + 40 * day) == 0U);
    ring.keys[1].missing = false;
    BOOST_TEST(settle(ring, start + 40 * day) > 0U);
}

BOOST_AUTO_TEST_CASE(the_largest_lifetime_ever_used_keeps_a_key_published)
{
    Ring ring = new_ring();
    ring.record.lifetime_max_seen = 10 * day;
    ring.record.policy.lifetime_max = Seconds{60};
    BOOST_TEST((removal_instant(ring.record, start) >= start + 10 * day));
    ring.record.jwks_max_age_seen = day;
    BOOST_TEST((ready_instant(ring.record, start) >= start + day));
}

// Acceptance 4 of the design, the planning half: tests/keyd/keyring_simulation_test.cpp does the same with real keys and kills.
BOOST_AUTO_TEST_CASE(two_years_of_rotation_never_leave_a_verifier_without_a_key)
{
    std::mt19937 random{20261121};
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    Ring ring = new_ring({v1::ES256, v1::RS256});
    testing::LivingTokens tokens;
    std::vector<testing::CachingVerifier> by_max_age;
    std::vector<testing::CachingVerifier> by_hour;
    for (int i = 0; i < 7; ++i) {
        by_max_age.emplace_back(start + i * Seconds{61});
        by_hour.emplace_back(start + i * Seconds{599});
    }
    Instant down_until = start;
    std::size_t rotations = 0;
    constexpr Seconds step{300};
    for (Instant now = start; now < start + 730 * day; now += step) {
        if (one_in(2000)) {
            down_until =
                now + Seconds{random() % (5 * 86400)};  // keyd is dead: nothing moves, nothing is signed
        }
        if (now >= down_until) {
            // A killed driver stops after any step.
            while (!one_in(4) && perform_one(ring, now)) {}
            if (one_in(3000)) {
                const v1::Algorithm algorithm = ring.record.algorithms[random() % 2];
                const KeyRecord* standby = best_standby(ring.keys, algorithm, now);
                if (standby != nullptr && state(*standby, now) == v1::READY) {
                    activate(ring, KeyId{standby->id}, now);
                    ++rotations;
                }
            }
            if (one_in(5000)) {
                Policy& policy = ring.record.policy;
                policy.lifetime_max = Seconds{60 + random() % (2 * 86400)};
                policy.jwks_max_age = Seconds{60 + random() % 7200};
                ring.record.lifetime_max_seen = std::max(ring.record.lifetime_max_seen, policy.lifetime_max);
                ring.record.jwks_max_age_seen = std::max(ring.record.jwks_max_age_seen, policy.jwks_max_age);
            }
            for (const v1::Algorithm algorithm : ring.record.algorithms) {
                const KeyRecord* active = find_active(ring.keys, algorithm, now);
                BOOST_REQUIRE(active != nullptr);
                tokens.sign(active->kid, now + ring.record.policy.lifetime_max + Seconds{120});
            }
        }
        const std::string jwks = jwks_of(ring, now);
        const auto living = tokens.kids(now);
        for (auto& verifier : by_max_age) {
            verifier.look(now, jwks, ring.record.policy.jwks_max_age);
            BOOST_REQUIRE(verifier.knows(living));
        }
        for (auto& verifier : by_hour) {
            verifier.look(now, jwks, hour);
            BOOST_REQUIRE(verifier.knows(living));
        }
        std::erase_if(ring.keys, [&](const KeyRecord& key) { return state(key, now) == v1::DESTROYED; });
    }
    BOOST_TEST(rotations > 10U);
}

// The simulation must be able to fail: with the margins taken away it does.
BOOST_AUTO_TEST_CASE(a_key_that_signs_as_soon_as_it_is_published_is_noticed)
{
    Ring ring = new_ring();
    testing::CachingVerifier verifier{start};
    testing::LivingTokens tokens;
    verifier.look(start, jwks_of(ring, start), hour);
    KeyRecord hasty = new_key(v1::ES256, start);
    hasty.published = hasty.active = start + Seconds{10};
    ring.keys.push_back(hasty);
    tokens.sign(hasty.kid, start + hour);
    verifier.look(start + Seconds{20}, jwks_of(ring, start + Seconds{20}), hour);
    BOOST_TEST(!verifier.knows(tokens.kids(start + Seconds{20})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
