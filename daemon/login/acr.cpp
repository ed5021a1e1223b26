#include "daemon/login/acr.hpp"

#include <algorithm>

namespace tessera::login {

namespace {

bool has_second_factor(const storage::LoginFlow& flow)
{
    const bool by_app = flow.authenticator_app_verified_time || flow.recovery_code_used_time;
    const bool by_passkey =
        flow.passkey_verified_time && (flow.primary_factor != "passkey" || flow.passkey_user_verified);
    return by_app || by_passkey;
}

}  // namespace

bool is_reached(std::string_view reached, std::string_view wanted)
{
    const auto at_reached = std::ranges::find(acr::values, reached);
    const auto at_wanted = std::ranges::find(acr::values, wanted);
    return at_wanted != acr::values.end() && at_reached != acr::values.end() && at_reached >= at_wanted;
}

std::vector<std::string> amr_of(const storage::LoginFlow& flow)
{
    std::vector<std::string> amr;
    if (flow.primary_factor == "email") {
        amr.emplace_back("email");
    }
    if (flow.password_verified_time) {
        amr.emplace_back("pwd");
    }
    if (flow.authenticator_app_verified_time) {
        amr.emplace_back("otp");
    }
    if (flow.recovery_code_used_time) {
        amr.emplace_back("kba");
    }
    if (flow.passkey_verified_time) {
        amr.emplace_back("pop");
        if (flow.passkey_user_verified) {
            amr.emplace_back("user");
        }
    }
    if (has_second_factor(flow)) {
        amr.emplace_back("mfa");
    }
    return amr;
}

std::string acr_of(const storage::LoginFlow& flow)
{
    if (flow.passkey_verified_time && flow.passkey_user_verified) {
        return std::string{acr::phishing_resistant};
    }
    return std::string{has_second_factor(flow) ? acr::two_factors : acr::one_factor};
}

}  // namespace tessera::login
