// What a page says of a password that may not be set.
#pragma once

#include "daemon/login/password_strength.hpp"
#include "daemon/page/page.hpp"

namespace tessera::login {

constexpr page::Problem problem_of(PasswordFlaw flaw)
{
    switch (flaw) {
    case PasswordFlaw::too_short: return page::Problem::password_too_short;
    case PasswordFlaw::too_long:
    case PasswordFlaw::not_text: return page::Problem::password_too_long;
    case PasswordFlaw::personal:
    case PasswordFlaw::common:
    case PasswordFlaw::pattern:
    case PasswordFlaw::guessable: return page::Problem::password_guessable;
    }
    return page::Problem::password_guessable;
}

}  // namespace tessera::login
