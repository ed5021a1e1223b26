#include "daemon/oauth/profile.hpp"

#include <algorithm>
#include <array>

namespace tessera::oauth {

namespace {

using Names = std::string_view;

// Grants of a person (authorization code and refresh) join these lists when they exist.
constexpr std::array<Names, 1> service_grants{"client_credentials"};
constexpr std::array<Names, 3> every_method{"client_secret_basic", "client_secret_post", "private_key_jwt"};
constexpr std::array<Names, 2> secret_methods{"client_secret_basic", "client_secret_post"};
constexpr std::array<Names, 1> key_methods{"private_key_jwt"};
constexpr std::array<Names, 4> every_alg{"ES256", "EdDSA", "PS256", "RS256"};
// FAPI 2.0 Security Profile §5.4.1: no RSASSA-PKCS1-v1_5.
constexpr std::array<Names, 3> fapi_algs{"PS256", "ES256", "EdDSA"};

// Stricter than the spec: a public client has no credentials, hence no grant of this table yet.
constexpr std::array table{
    Profile{"mcp_public", {}, key_methods, every_alg, UnknownScope::ignore, Resources::one},
    Profile{"web_confidential", service_grants, every_method, every_alg, UnknownScope::refuse,
            Resources::several},
    Profile{"oidc_legacy", service_grants, secret_methods, every_alg, UnknownScope::ignore,
            Resources::several},
    Profile{"fapi2", service_grants, key_methods, fapi_algs, UnknownScope::refuse, Resources::several},
    // Secrets too (docs/adr/0062-workloads-may-use-secrets.md), until federation and mTLS exist
    // (docs/adr/0062-workloads-may-use-secrets.md).
    Profile{"workload", service_grants, every_method, every_alg, UnknownScope::refuse, Resources::several},
    Profile{"agent", service_grants, every_method, every_alg, UnknownScope::refuse, Resources::several},
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
