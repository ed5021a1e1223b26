#include "daemon/oauth/profile.hpp"

#include <algorithm>
#include <array>

namespace tessera::oauth {

namespace {

using Names = std::string_view;

constexpr std::array<Names, 1> service_grants{"client_credentials"};
constexpr std::array<Names, 2> person_grants{"authorization_code", "refresh_token"};
constexpr std::array<Names, 3> every_grant{"authorization_code", "refresh_token", "client_credentials"};
constexpr std::array<Names, 3> every_method{"client_secret_basic", "client_secret_post", "private_key_jwt"};
constexpr std::array<Names, 2> secret_methods{"client_secret_basic", "client_secret_post"};
constexpr std::array<Names, 1> key_methods{"private_key_jwt"};
constexpr std::array<Names, 2> public_methods{"none", "private_key_jwt"};
constexpr std::array<Names, 4> every_alg{"ES256", "EdDSA", "PS256", "RS256"};
// FAPI 2.0 Security Profile §5.4.1: no RSASSA-PKCS1-v1_5.
constexpr std::array<Names, 3> fapi_algs{"PS256", "ES256", "EdDSA"};

constexpr std::array table{
    Profile{"mcp_public", person_grants, public_methods, every_alg, UnknownScope::ignore, Resources::one,
            Reach::registered, Pkce::required, Rotation::always, Consent::remember_unless_native,
            RefusalRedirect::trusted_clients},
    Profile{"web_confidential", every_grant, every_method, every_alg, UnknownScope::refuse,
            Resources::several, Reach::granted, Pkce::required_or_nonce, Rotation::never, Consent::remember,
            RefusalRedirect::trusted_clients},
    Profile{"oidc_legacy", every_grant, secret_methods, every_alg, UnknownScope::ignore, Resources::several,
            Reach::granted, Pkce::optional, Rotation::never, Consent::remember,
            RefusalRedirect::trusted_clients},
    // Without sender constraint and PAR no code of a person is FAPI's: its own tokens only.
    Profile{"fapi2", service_grants, key_methods, fapi_algs, UnknownScope::refuse, Resources::several,
            Reach::granted, Pkce::required, Rotation::never, Consent::remember, RefusalRedirect::always},
    // Secrets too, until federation and mTLS exist (docs/adr/0062-workloads-may-use-secrets.md).
    Profile{"workload", service_grants, every_method, every_alg, UnknownScope::refuse, Resources::several,
            Reach::granted, Pkce::required, Rotation::never, Consent::remember, RefusalRedirect::always},
    Profile{"agent", service_grants, every_method, every_alg, UnknownScope::refuse, Resources::several,
            Reach::granted, Pkce::required, Rotation::never, Consent::remember, RefusalRedirect::always},
};

bool contains(std::span<const std::string_view> names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

bool Profile::allows_grant_type(std::string_view grant_type) const
{
    return contains(grant_types, grant_type);
}

bool Profile::allows_auth_method(std::string_view method) const { return contains(auth_methods, method); }

bool Profile::allows_signing_alg(std::string_view alg) const { return contains(signing_algs, alg); }

std::span<const Profile> profiles() { return table; }

const Profile* find_profile(std::string_view name)
{
    const auto found = std::ranges::find(table, name, &Profile::name);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace tessera::oauth
