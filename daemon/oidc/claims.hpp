// Claims about a person (OpenID Connect Core §5.1, §5.4).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::oidc {

// One claim: which scope gives it, and how it is read; null when the person has none, and then it is left out (§5.3.2).
struct Claim {
    std::string_view name;
    std::string_view scope;
    json::value (*read)(const storage::User& user);
};

// In code-point order of the names.
std::span<const Claim> claims();
const Claim* find_claim(std::string_view name);

// Of `names` those whose scope is one of `scopes`: a client is told nothing by name that it could not have by scope.
std::vector<std::string> allowed_names(const std::vector<std::string>& names,
                                       const std::vector<std::string>& scopes);

// Every claim the scope gives and every one asked for by name, each once; never `sub`.
json::object claims_of(const storage::User& user, std::string_view scope,
                       const std::vector<std::string>& names);

}  // namespace tessera::oidc
