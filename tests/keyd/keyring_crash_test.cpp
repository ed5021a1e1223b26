// kill -9 at every durable step: after a restart token and records agree, nothing is orphaned, nothing is made twice.
#include <boost/test/unit_test.hpp>

#include <set>

#include "tests/keyd/keyring_house.hpp"

namespace tessera::keyd::testing {

namespace {

const std::string issuer = "https://id.example/realms/a";

v1::EnsureRealmKeyring ensure_request()
{
    v1::EnsureRealmKeyring request;
    request.set_issuer(issuer);
    request.set_purpose("oidc");
    return request;
}

std::string ensure(KeyringHouse& house)
{
    const auto view = house.keyrings->ensure_realm_keyring(ensure_request(), test_uid);
    house.clock.advance(Seconds{1});  // what is made later is younger
    return view.value().keyring_id();
}

// Every key pair on the token is on record, assigned or spare, and the other way round.
void check_inventory(KeyringHouse& house)
{
    v1::SelfTestReport report;
    house.keyrings->check_keys(report);
    for (const auto& check : report.checks()) {
        BOOST_TEST(check.passed(), check.detail());
    }
    BOOST_TEST(house.key_pairs().size() == house.keyrings->key_count("main"));
}

int count_state(const v1::KeyringView& view, v1::KeyState state)
{
    return static_cast<int>(
        std::ranges::count_if(view.keys(), [&](const auto& key) { return key.state() == state; }));
}

// Exactly one key signs, it is in the JWKS, and what it signs verifies.
void check_signs(KeyringHouse& house, const std::string& keyring)
{
    const auto view = house.show(keyring);
    BOOST_TEST(count_state(view, v1::ACTIVE) == 1);
    const auto jwt = house.sign(house.sign_request(keyring, issuer));
    BOOST_TEST_REQUIRE(jwt.has_value());
    BOOST_TEST(verifies_under(jwt.value().jwt(), view.jwks()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keyring_crash)

BOOST_AUTO_TEST_CASE(a_first_start_that_dies_anywhere_starts_again)
{
    KeyringHouse house;
    BOOST_TEST(house.kill_at("key.intended", 1, [](KeyringHouse& child) { ensure(child); }));
    house.open();
    check_signs(house, ensure(house));
    check_inventory(house);
}

BOOST_AUTO_TEST_CASE(generation_that_dies_at_any_step_leaves_no_orphan_and_no_duplicate)
{
    for (const char* step : {"key.intended", "key.generated", "key.recorded", "keyring.created"}) {
        BOOST_TEST_CONTEXT(step)
        {
            KeyringHouse house;
            BOOST_TEST(house.kill_at(step, 1, [](KeyringHouse& child) { ensure(child); }));
            house.open();
            check_inventory(house);
            const std::string keyring = ensure(house);
            check_signs(house, keyring);
            BOOST_TEST(house.key_pairs().size() == 1U);  // what the dead keyd made was used, not made again
            house.settle();
            check_inventory(house);
            BOOST_TEST(house.show(keyring).keys_size() == 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_rotation_step_survives_death)
{
    struct Case {
        const char* step;
        Seconds after;  // of settled life before the step is due
    };
    constexpr Seconds day{86400};
    const Case cases[] = {
        {"key.intended", Seconds{0}},
        {"key.generated", Seconds{0}},
        {"key.recorded", Seconds{0}},
        {"rotation.activate_key.before", 30 * day},
        {"rotation.activate_key.after", 30 * day},
        {"rotation.remove_key.before", 32 * day},
        {"rotation.remove_key.after", 32 * day},
        {"rotation.destroy_key.before", 45 * day},
        {"rotation.destroy_key.between", 45 * day},
        {"rotation.destroy_key.after", 45 * day},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.step)
        {
            KeyringHouse house;
            house.open();
            const std::string keyring = ensure(house);
            // Lives through what comes before the step.
            Seconds lived{0};
            for (const Seconds stage : {Seconds{0}, 30 * day, 32 * day}) {
                if (stage < each.after) {
                    house.clock.advance(stage - lived + Seconds{1});
                    lived = stage;
                    house.settle();
                }
            }
            house.clock.advance(each.after - lived + Seconds{1});
            house.stop();
            BOOST_TEST(house.kill_at(each.step, 1, [](KeyringHouse& child) { child.settle(); }));
            house.open();
            house.settle();
            check_signs(house, keyring);
            check_inventory(house);
            const auto view = house.show(keyring);
            BOOST_TEST(count_state(view, v1::PUBLISHED) + count_state(view, v1::READY) == 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_order_that_dies_is_carried_out_whole_or_not_at_all)
{
    for (const std::string step :
         {"rotate_keyring.before", "rotate_keyring.after", "revoke_key.before", "revoke_key.after"}) {
        BOOST_TEST_CONTEXT(step)
        {
            KeyringHouse house;
            house.open();
            const std::string keyring = ensure(house);
            house.settle();
            house.clock.advance(Seconds{2 * 3600});
            const std::string first = house.show(keyring).keys(0).kid();
            house.stop();
            BOOST_TEST(house.kill_at(step, 1, [&](KeyringHouse& child) {
                if (step.starts_with("rotate")) {
                    v1::RotateKeyring rotate;
                    rotate.set_keyring_id(keyring);
                    (void)child.keyrings->rotate_keyring(rotate, test_uid);
                } else {
                    v1::RevokeKey revoke;
                    revoke.set_keyring_id(keyring);
                    revoke.set_kid(first);
                    (void)child.keyrings->revoke_key(revoke, test_uid);
                }
            }));
            house.open();
            check_signs(house, keyring);
            const v1::KeyState state = house.show(keyring).keys(0).state();
            BOOST_TEST(state
                       == (step.ends_with("before")     ? v1::ACTIVE
                           : step.starts_with("rotate") ? v1::RETIRED
                                                        : v1::REMOVED));
            house.settle();
            check_inventory(house);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_keyring_whose_destruction_died_is_destroyed)
{
    KeyringHouse house;
    house.open();
    const std::string keyring = ensure(house);
    house.settle();
    house.stop();
    BOOST_TEST(house.kill_at("keyring.destroyed", 1, [&](KeyringHouse& child) {
        v1::DestroyKeyring destroy;
        destroy.set_keyring_id(keyring);
        (void)child.keyrings->destroy_keyring(destroy, test_uid);
    }));
    house.open();
    house.settle();
    BOOST_TEST(house.key_pairs().empty());
    BOOST_TEST(house.keyrings->keyring_count() == 0U);
    BOOST_TEST(code_of(house.sign(house.sign_request(keyring, issuer))) == v1::KEYRING_UNKNOWN);
    // The issuer is free again.
    BOOST_TEST(ensure(house) != keyring);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::testing
