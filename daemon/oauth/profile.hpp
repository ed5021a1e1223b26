// Client profiles: every policy knob of a client, in one table. Code asks the profile, never the client's
// name or kind. A knob appears here with the feature that reads it.
#pragma once

#include <span>
#include <string_view>

#include "base/clock.hpp"

namespace tessera::oauth {

// A scope the client may not have, or nobody knows.
enum class UnknownScope { refuse, ignore };

// RFC 8707: how many resources one token may be for.
enum class Resources { one, several };

// Which of the realm's resources a person's client may ask for: those it was given access to, or any that is registered, for what
// the person allows there. A client's own tokens are always for what it was given access to.
enum class Reach { granted, registered };

// RFC 7636. `required_or_nonce`: a confidential client may send a nonce instead (OAuth 2.1 §7.5.1).
enum class Pkce { required, required_or_nonce, optional };

// OAuth 2.1 §4.3.1: a refresh token of a client that proves nothing with it is replaced by each use.
enum class Rotation { always, never };

// OAuth 2.1 §7.3.1: what was allowed before is not asked again, except of apps that anybody on the device could pretend to be.
enum class Consent { remember, remember_unless_native };

// What a refused request may do before its person did anything (RFC 9700 §4.11.2).
enum class RefusalRedirect { always, trusted_clients };

struct Profile {
    std::string_view name;
    std::span<const std::string_view> grant_types;   // what a client of this profile can be allowed at most
    std::span<const std::string_view> auth_methods;  // of the token endpoint
    std::span<const std::string_view> signing_algs;  // of its assertions
    UnknownScope unknown_scope;
    Resources resources;
    Reach reach;
    Pkce pkce;
    Rotation rotation;
    Consent consent;
    RefusalRedirect refusal_redirect;

    bool allows_grant_type(std::string_view grant_type) const;
    bool allows_auth_method(std::string_view method) const;
    bool allows_signing_alg(std::string_view alg) const;
};

// The same for every profile (docs/spec-map.md C-05, C-11).
inline constexpr Seconds code_lifetime{60};
inline constexpr Seconds refresh_grace{30};

std::span<const Profile> profiles();

// nullptr for a name that is not in the table.
const Profile* find_profile(std::string_view name);

}  // namespace tessera::oauth
