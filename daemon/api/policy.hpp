// Who may do what through the JSON APIs: one table of role × resource × verb. A pair that is not in the table is refused.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/settings.hpp"
#include "daemon/http/request.hpp"

namespace tessera::api {

enum class Role {
    nobody,
    oper,  // an operator of the appliance: a uid of the setting console-uids, on the console's socket
};

enum class Resource {
    projects,
    clients,
    client_secrets,
    client_keys,
    client_access,
    initial_access_tokens,
    organizations,
    users,
    user_passwords,
    user_invites,
    resources,
    scopes,
    keyrings,
    audit,
};

enum class Verb { create, get, list, update, del, exp };

struct PolicyRow {
    Role role;
    Resource resource;
    std::array<Verb, 6> verbs;  // the first `count`
    std::size_t count;
};

std::span<const PolicyRow> policy();
bool is_allowed(Role role, Resource resource, Verb verb);
constexpr bool is_write(Verb verb) { return verb != Verb::get && verb != Verb::list; }

// By SO_PEERCRED alone: a request without a uid is nobody's.
Role role_of(const http::Request& request, const Settings& settings);

}  // namespace tessera::api
