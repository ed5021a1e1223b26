// Client profiles: every policy knob of a client, in one table. Code asks the profile, never the client's
// name or kind. A knob appears here with the feature that reads it.
#pragma once

#include <span>
#include <string_view>

namespace tessera::oauth {

// A scope the client may not have, or nobody knows.
enum class UnknownScope { refuse, ignore };

// RFC 8707: how many resources one token may be for.
enum class Resources { one, several };

struct Profile {
    std::string_view name;
    std::span<const std::string_view> grant_types;   // what a client of this profile can be allowed at most
    std::span<const std::string_view> auth_methods;  // of the token endpoint
    std::span<const std::string_view> signing_algs;  // of its assertions
    UnknownScope unknown_scope;
    Resources resources;

    bool allows_grant_type(std::string_view grant_type) const;
    bool allows_auth_method(std::string_view method) const;
    bool allows_signing_alg(std::string_view alg) const;
};

std::span<const Profile> profiles();

// nullptr for a name that is not in the table.
const Profile* find_profile(std::string_view name);

}  // namespace tessera::oauth
