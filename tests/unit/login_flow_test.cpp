// The order of a sign-in, over every combination of what a person has, what the organization wants and what was proved.
#include <boost/test/unit_test.hpp>

#include <functional>

#include "daemon/login/acr.hpp"
#include "daemon/login/flow.hpp"

namespace {

using namespace tessera;
using namespace tessera::login;

const Instant now = from_unix_s(1'800'000'000);

struct Situation {
    storage::ProjectSettings project;
    storage::FlowView view;
};

Situation known_person()
{
    Situation at;
    at.view.organization.emplace();
    at.view.organization->id = OrganizationId::random();
    at.view.organization->log_in_with_email = true;
    at.view.organization->log_in_with_password = true;
    at.view.organization->log_in_with_authenticator_app = true;
    at.view.organization->log_in_with_passkey = true;
    at.view.user.emplace();
    at.view.user->id = UserId::random();
    at.view.user->email = "alice@example.com";
    at.view.user->email_verified = true;
    at.view.flow.user = at.view.user->id;
    at.view.flow.organization = at.view.organization->id;
    return at;
}

std::optional<Instant> when(bool proved) { return proved ? std::optional{now} : std::nullopt; }

// Every combination of the switches below, in turn.
void each_situation(const std::function<void(Situation&)>& look)
{
    for (const char* primary : {"", "email", "password", "passkey"}) {
        for (unsigned bits = 0; bits < (1U << 15U); ++bits) {
            unsigned rest = bits;
            const auto flag = [&rest] {
                const bool set = (rest & 1U) != 0;
                rest >>= 1U;
                return set;
            };
            Situation at = known_person();
            at.view.flow.primary_factor = primary;
            at.project.log_in_with_password = flag();
            at.view.organization->log_in_with_authenticator_app = flag();
            at.view.organization->log_in_with_passkey = flag();
            at.view.organization->require_mfa = flag();
            at.view.user->has_password = flag();
            at.view.user->has_authenticator_app = flag();
            at.view.user->has_passkey = flag();
            at.view.user->email_verified = flag();
            at.view.flow.email_verified_time = when(flag());
            at.view.flow.password_verified_time = when(flag());
            at.view.flow.authenticator_app_verified_time = when(flag());
            at.view.flow.recovery_code_used_time = when(flag());
            at.view.flow.passkey_verified_time = when(flag());
            at.view.flow.passkey_user_verified = flag();
            at.view.flow.reset_verified_time = when(flag());
            look(at);
        }
    }
}

Step step_of(const Situation& at) { return next_step(at.view, at.project); }

}  // namespace

BOOST_AUTO_TEST_SUITE(login_flow)

// SR-06, T-05: whatever the path, whoever has a second factor that counts here has shown one before there is a session.
BOOST_AUTO_TEST_CASE(no_session_while_an_enrolled_second_factor_is_unproved)
{
    std::size_t finished = 0;
    each_situation([&](Situation& at) {
        if (step_of(at) != Step::finish) {
            return;
        }
        ++finished;
        const storage::LoginFlow& flow = at.view.flow;
        const Methods methods = methods_of(at.project, at.view.organization);
        const bool proved = (flow.authenticator_app_verified_time && methods.authenticator_app)
                            || flow.recovery_code_used_time
                            || (flow.passkey_verified_time && methods.passkey
                                && (flow.primary_factor != "passkey" || flow.passkey_user_verified));
        if (usable_factors(at.view, methods).any()) {
            BOOST_REQUIRE(proved);
        }
        if (at.view.organization->require_mfa && (methods.authenticator_app || methods.passkey)) {
            BOOST_REQUIRE(proved);
        }
    });
    BOOST_TEST(finished > 1000);
}

BOOST_AUTO_TEST_CASE(no_session_without_a_primary_factor_or_with_an_address_nobody_proved)
{
    each_situation([](Situation& at) {
        if (step_of(at) != Step::finish) {
            return;
        }
        BOOST_REQUIRE(!at.view.flow.primary_factor.empty());
        if (at.view.flow.primary_factor == "email") {
            BOOST_REQUIRE(at.view.flow.email_verified_time.has_value());
        } else {
            BOOST_REQUIRE((at.view.flow.email_verified_time || at.view.user->email_verified));
        }
    });
}

// T-06: a factor is enrolled only by who has none that counts here, or has proved it.
BOOST_AUTO_TEST_CASE(a_new_factor_does_not_stand_in_for_one_that_is_enrolled)
{
    each_situation([](Situation& at) {
        if (step_of(at) == Step::enrol_factor) {
            BOOST_REQUIRE(!usable_factors(at.view, methods_of(at.project, at.view.organization)).any());
        }
    });
}

// A mailed code is not enough where there is a password, and a forgotten password is no way round the second factor.
BOOST_AUTO_TEST_CASE(a_new_password_is_chosen_after_the_second_factor)
{
    each_situation([](Situation& at) {
        if (step_of(at) != Step::new_password) {
            return;
        }
        const Methods methods = methods_of(at.project, at.view.organization);
        const bool proved = at.view.flow.authenticator_app_verified_time
                            || at.view.flow.recovery_code_used_time || at.view.flow.passkey_verified_time;
        BOOST_REQUIRE((!usable_factors(at.view, methods).any() || proved));
        BOOST_REQUIRE((!at.view.user->has_password || at.view.flow.reset_verified_time));
    });
}

BOOST_AUTO_TEST_CASE(what_is_switched_off_refuses_everybody_at_every_step)
{
    each_situation([](Situation& at) {
        Situation project_off = at;
        project_off.project.logins_disabled = true;
        BOOST_REQUIRE(step_of(project_off) == Step::refused);
        Situation organization_off = at;
        organization_off.view.organization->logins_disabled = true;
        BOOST_REQUIRE(step_of(organization_off) == Step::refused);
        Situation user_off = at;
        user_off.view.user->disabled = true;
        BOOST_REQUIRE(step_of(user_off) == Step::refused);
        Situation somebody_else = at;
        somebody_else.view.flow.wanted_user = UserId::random();
        BOOST_REQUIRE(step_of(somebody_else) == Step::refused);
    });
}

BOOST_AUTO_TEST_CASE(a_method_counts_only_where_project_and_organization_have_it)
{
    Situation at = known_person();
    at.project.log_in_with_passkey = false;
    BOOST_TEST(!methods_of(at.project, at.view.organization).passkey);
    at.project.log_in_with_passkey = true;
    at.view.organization->log_in_with_passkey = false;
    BOOST_TEST(!methods_of(at.project, at.view.organization).passkey);
    BOOST_TEST(methods_of(at.project, std::nullopt).passkey);
}

BOOST_AUTO_TEST_CASE(a_primary_factor_the_organization_does_not_take_leads_to_another_way)
{
    Situation at = known_person();
    at.view.flow.primary_factor = "password";
    at.view.flow.password_verified_time = now;
    at.view.organization->log_in_with_password = false;
    BOOST_TEST((step_of(at) == Step::another_way));
}

BOOST_AUTO_TEST_CASE(acr_and_amr_say_what_happened)
{
    storage::LoginFlow flow;
    flow.primary_factor = "password";
    flow.password_verified_time = now;
    BOOST_TEST(acr_of(flow) == acr::one_factor);
    BOOST_TEST(amr_of(flow) == (std::vector<std::string>{"pwd"}), boost::test_tools::per_element());
    flow.authenticator_app_verified_time = now;
    BOOST_TEST(acr_of(flow) == acr::two_factors);
    BOOST_TEST(amr_of(flow) == (std::vector<std::string>{"pwd", "otp", "mfa"}),
               boost::test_tools::per_element());
    storage::LoginFlow by_passkey;
    by_passkey.primary_factor = "passkey";
    by_passkey.passkey_verified_time = now;
    BOOST_TEST(acr_of(by_passkey) == acr::one_factor);
    by_passkey.passkey_user_verified = true;
    BOOST_TEST(acr_of(by_passkey) == acr::phishing_resistant);
    BOOST_TEST(is_reached(acr_of(by_passkey), acr::two_factors));
    BOOST_TEST(!is_reached(acr::one_factor, acr::two_factors));
    BOOST_TEST(!is_reached(acr::two_factors, "unheard of"));
}

BOOST_AUTO_TEST_SUITE_END()
