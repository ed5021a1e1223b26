// Two simulated years of the real service on a real token, with kills at random durable steps, downtime, forced rotations and policy
// changes: at every instant every cache verifies every unexpired token.
#include <boost/test/unit_test.hpp>

#include <random>

#include "tests/keyd/keyring_house.hpp"
#include "tests/support/caching_verifier.hpp"

namespace tessera::keyd::testing {

namespace {

const std::string issuer = "https://id.example/realms/a";
constexpr Seconds step{3600};
constexpr Seconds day{86400};

struct Killed {};

class Simulation {
public:
    Simulation()
    {
        // A kill here unwinds the stack: whatever was not committed is gone, as with SIGKILL (keyring_crash_test does it for real).
        house_.options.at_step = [this](std::string_view) {
            if (one_in(12)) {
                throw Killed{};
            }
        };
        const bool armed = std::exchange(armed_, false);
        house_.open();
        keyring_ = house_.make_keyring("a", issuer).keyring_id();
        armed_ = armed;
        for (int i = 0; i < 4; ++i) {
            by_max_age_.emplace_back(house_.clock.now() + i * step);
            by_hour_.emplace_back(house_.clock.now() + i * step);
        }
    }

    void run(Seconds duration)
    {
        const Instant end = house_.clock.now() + duration;
        while (house_.clock.now() < end) {
            house_.clock.advance(step);
            if (one_in(500)) {
                down_until_ = house_.clock.now() + Seconds{random_() % (3 * 86400)};
            }
            if (house_.clock.now() >= down_until_) {
                live();
            }
            verify();
        }
    }

    int kills() const { return kills_; }
    int rotations() const { return rotations_; }
    KeyringHouse& house() { return house_; }
    const std::string& keyring() const { return keyring_; }
    void disarm() { armed_ = false; }

private:
    bool one_in(unsigned n) { return armed_ && random_() % n == 0; }

    void live()
    {
        try {
            while (house_.keyrings->tick() == Milliseconds{0}) {}
            if (one_in(300)) {
                v1::RotateKeyring rotate;
                rotate.set_keyring_id(keyring_);
                rotations_ += house_.keyrings->rotate_keyring(rotate, test_uid).has_value() ? 1 : 0;
            }
            if (one_in(1000)) {
                v1::SetKeyringPolicy set;
                set.set_keyring_id(keyring_);
                set.mutable_policy()->set_lifetime_max_s(static_cast<std::uint32_t>(300 + random_() % 86400));
                set.mutable_policy()->set_jwks_max_age_s(static_cast<std::uint32_t>(60 + random_() % 7200));
                BOOST_REQUIRE(house_.keyrings->set_keyring_policy(set, test_uid).has_value());
            }
        } catch (const Killed&) {
            ++kills_;
            house_.keyrings.reset();
            house_.open();
        }
        const auto pending =
            house_.keyrings->prepare_sign(house_.sign_request(keyring_, issuer), house_.clock.now());
        BOOST_REQUIRE(pending.has_value());
        v1::GetKeyring get;
        get.set_keyring_id(keyring_);
        view_ = house_.keyrings->get_keyring(get).value();
        // A forger of long tokens takes all the keyring gives.
        tokens_.sign(house_.keyrings->finish(pending.value(), {}).kid(),
                     house_.clock.now() + Seconds{view_.policy().lifetime_max_s()} + Seconds{120});
    }

    void verify()
    {
        const Instant now = house_.clock.now();
        const auto living = tokens_.kids(now);
        for (auto& verifier : by_max_age_) {
            verifier.look(now, view_.jwks(), Seconds{view_.policy().jwks_max_age_s()});
            BOOST_REQUIRE(verifier.knows(living));
        }
        for (auto& verifier : by_hour_) {
            verifier.look(now, view_.jwks(), Seconds{3600});
            BOOST_REQUIRE(verifier.knows(living));
        }
    }

    std::mt19937 random_{20261121};
    bool armed_ = true;
    KeyringHouse house_;
    std::string keyring_;
    v1::KeyringView view_;
    tessera::testing::LivingTokens tokens_;
    std::vector<tessera::testing::CachingVerifier> by_max_age_;
    std::vector<tessera::testing::CachingVerifier> by_hour_;
    Instant down_until_{};
    int kills_ = 0;
    int rotations_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keyring_simulation)

BOOST_AUTO_TEST_CASE(two_years_on_a_token_with_kills_and_forced_rotations)
{
    Simulation simulation;
    simulation.run(730 * day);
    simulation.disarm();
    KeyringHouse& house = simulation.house();
    house.settle();
    BOOST_TEST(simulation.kills() > 20);
    BOOST_TEST(simulation.rotations() > 20);
    // Nothing on the token that is not on record, and the other way round.
    BOOST_TEST(house.key_pairs().size() == house.keyrings->key_count("main"));
    const auto jwt = house.sign(house.sign_request(simulation.keyring(), issuer));
    BOOST_TEST_REQUIRE(jwt.has_value());
    BOOST_TEST(verifies_under(jwt.value().jwt(), house.show(simulation.keyring()).jwks()));
    BOOST_TEST_MESSAGE(simulation.kills() << " kills, " << simulation.rotations() << " forced rotations");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace tessera::keyd::testing
