#include "daemon/login/flow.hpp"

#include <array>

#include "daemon/login/acr.hpp"

namespace tessera::login {

namespace {

using storage::FlowView;
using storage::LoginFlow;
using storage::ProjectSettings;

struct Case {
    const FlowView& view;
    const ProjectSettings& project;
    Methods methods;
    UsableFactors usable;

    const LoginFlow& flow() const { return view.flow; }
};

bool is_refused(const Case& at)
{
    return at.project.logins_disabled || (at.view.organization && at.view.organization->logins_disabled)
           || (at.view.user && at.view.user->disabled)
           || (at.view.user && at.flow().wanted_user && at.flow().wanted_user != at.view.user->id);
}

bool has_account_to_choose(const Case& at)
{
    return at.flow().purpose == purpose::select_account && at.flow().primary_factor.empty();
}

bool is_nobody(const Case& at) { return at.flow().primary_factor.empty(); }

bool has_unproved_email(const Case& at)
{
    const bool known = at.view.user && at.view.user->email_verified && at.flow().primary_factor != "email";
    return !at.flow().email_verified_time && !known;
}

bool has_no_organization(const Case& at) { return !at.view.organization || !at.view.user; }

bool is_primary_unwelcome(const Case& at)
{
    const std::string& factor = at.flow().primary_factor;
    return (factor == "email" && !at.methods.email && !at.methods.password)
           || (factor == "password" && !at.methods.password) || (factor == "passkey" && !at.methods.passkey);
}

bool is_by_passkey(const Case& at)
{
    return at.flow().primary_factor == "passkey" && at.flow().passkey_user_verified;
}

bool needs_password(const Case& at)
{
    return at.methods.password && at.view.user->has_password && !at.flow().password_verified_time
           && !at.flow().reset_verified_time && !is_by_passkey(at);
}

// Only one that is allowed here counts, and a passkey that was the primary factor only when it verified its user.
bool is_second_factor_proved(const Case& at)
{
    const LoginFlow& flow = at.flow();
    const bool by_app = flow.authenticator_app_verified_time && at.methods.authenticator_app;
    const bool by_code = flow.recovery_code_used_time.has_value();
    const bool by_passkey = flow.passkey_verified_time && at.methods.passkey
                            && (flow.primary_factor != "passkey" || flow.passkey_user_verified);
    return by_app || by_code || by_passkey;
}

bool needs_second_factor(const Case& at) { return at.usable.any() && !is_second_factor_proved(at); }

bool needs_new_password(const Case& at)
{
    return at.methods.password && !at.flow().password_verified_time && !is_by_passkey(at)
           && (!at.view.user->has_password || at.flow().reset_verified_time);
}

// Whoever came to set up an app has proved the factors there are before this row.
bool wants_app(const Case& at)
{
    return at.flow().purpose == purpose::enrol && at.methods.authenticator_app
           && !at.view.user->has_authenticator_app;
}

bool needs_enrolment(const Case& at)
{
    if (wants_app(at)) {
        return true;
    }
    const bool may = at.methods.authenticator_app || at.methods.passkey;
    const bool must =
        at.view.organization->require_mfa
        || (!at.flow().wanted_acr.empty() && is_reached(at.flow().wanted_acr, acr::two_factors));
    return may && must && !is_second_factor_proved(at);
}

bool has_unseen_codes(const Case& at) { return !at.flow().recovery_codes_seen; }

bool always(const Case&) { return true; }

struct Row {
    bool (*holds)(const Case& at);
    Step step;
};

// The first row that holds. tesseral-interface.md §2.5, with its holes closed.
constexpr std::array rows{
    Row{is_refused, Step::refused},
    Row{has_account_to_choose, Step::select_account},
    Row{is_nobody, Step::identify},
    Row{has_unproved_email, Step::verify_email},
    Row{has_no_organization, Step::choose_organization},
    Row{is_primary_unwelcome, Step::another_way},
    Row{needs_password, Step::password},
    Row{needs_second_factor, Step::second_factor},
    Row{needs_new_password, Step::new_password},
    Row{needs_enrolment, Step::enrol_factor},
    Row{has_unseen_codes, Step::recovery_codes},
    Row{always, Step::finish},
};

}  // namespace

std::string_view to_string(Step step)
{
    switch (step) {
    case Step::select_account: return "select_account";
    case Step::identify: return "identify";
    case Step::verify_email: return "verify_email";
    case Step::choose_organization: return "choose_organization";
    case Step::another_way: return "another_way";
    case Step::password: return "password";
    case Step::second_factor: return "second_factor";
    case Step::new_password: return "new_password";
    case Step::enrol_factor: return "enrol_factor";
    case Step::recovery_codes: return "recovery_codes";
    case Step::finish: return "finish";
    case Step::refused: return "refused";
    }
    return {};
}

Methods methods_of(const ProjectSettings& project,
                   const std::optional<storage::FlowOrganization>& organization)
{
    Methods methods{project.log_in_with_email, project.log_in_with_password,
                    project.log_in_with_authenticator_app, project.log_in_with_passkey};
    if (organization) {
        methods.email = methods.email && organization->log_in_with_email;
        methods.password = methods.password && organization->log_in_with_password;
        methods.authenticator_app = methods.authenticator_app && organization->log_in_with_authenticator_app;
        methods.passkey = methods.passkey && organization->log_in_with_passkey;
    }
    return methods;
}

UsableFactors usable_factors(const FlowView& view, const Methods& methods)
{
    if (!view.user) {
        return {};
    }
    return {view.user->has_authenticator_app && methods.authenticator_app,
            view.user->has_passkey && methods.passkey};
}

Step next_step(const FlowView& view, const ProjectSettings& project)
{
    const Methods methods = methods_of(project, view.organization);
    const Case at{view, project, methods, usable_factors(view, methods)};
    for (const Row& row : rows) {
        if (row.holds(at)) {
            return row.step;
        }
    }
    return Step::refused;
}

}  // namespace tessera::login
