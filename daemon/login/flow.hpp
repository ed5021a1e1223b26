// The order of a sign-in: a pure table of what comes next. Whatever a page sends, the step the server stands at decides what is
// looked at; so no factor is skipped on any path, and none is enrolled in place of one that is enrolled already.
#pragma once

#include <string_view>

#include "storage/repositories/login_flows.hpp"
#include "storage/repositories/projects.hpp"

namespace tessera::login {

// What a flow was begun for: LoginFlow::purpose.
namespace purpose {
inline constexpr std::string_view sign_in = "sign_in";
inline constexpr std::string_view sign_up = "sign_up";
inline constexpr std::string_view select_account = "select_account";
inline constexpr std::string_view enrol = "enrol";
}  // namespace purpose

enum class Step {
    select_account,       // stay who this browser's person is, or be somebody else
    identify,             // who is it, by password, mailed code or passkey
    verify_email,         // an address not yet proved
    choose_organization,  // or make one
    another_way,          // the organization does not take this primary factor
    password,             // it has one and has not been asked
    second_factor,        // one is enrolled
    new_password,         // has none yet, or forgot it
    enrol_factor,         // the organization requires one, or the caller needs one
    recovery_codes,       // made in this flow and not yet shown
    finish,
    refused,  // user, organization or the project's sign-in is switched off
};
std::string_view to_string(Step step);

// Which methods count: the project's switch and, once one is known, the organization's.
struct Methods {
    bool email = false;
    bool password = false;
    bool authenticator_app = false;
    bool passkey = false;
};
Methods methods_of(const storage::ProjectSettings& project,
                   const std::optional<storage::FlowOrganization>& organization);

// Second factors the person has and may use here.
struct UsableFactors {
    bool authenticator_app = false;
    bool passkey = false;
    bool any() const { return authenticator_app || passkey; }
};
UsableFactors usable_factors(const storage::FlowView& view, const Methods& methods);

// Total: every flow stands at exactly one step.
Step next_step(const storage::FlowView& view, const storage::ProjectSettings& project);

}  // namespace tessera::login
