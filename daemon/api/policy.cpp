#include "daemon/api/policy.hpp"

#include <string>

namespace tessera::api {

namespace {

using enum Resource;
using enum Verb;

constexpr std::array rows{
    PolicyRow{
        Role::oper, projects, {create, get, list, update}, 4},  // never deleted: the slug and the trail stay
    PolicyRow{Role::oper, clients, {create, get, list, update, del}, 5},
    PolicyRow{Role::oper, client_secrets, {create, del}, 2},  // shown once, never read
    PolicyRow{Role::oper, client_keys, {update}, 1},
    PolicyRow{Role::oper, client_access, {update, del}, 2},
    PolicyRow{Role::oper, initial_access_tokens, {create}, 1},  // told once; gone when used up or over
    PolicyRow{Role::oper, organizations, {create, get, list, update, del}, 5},
    PolicyRow{Role::oper, users, {create, get, list, update, del}, 5},
    PolicyRow{Role::oper, user_passwords, {update}, 1},  // set, never read
    PolicyRow{Role::oper, user_invites, {create, get, list, del}, 4},
    PolicyRow{Role::oper, resources, {create, get, list, update, del}, 5},
    PolicyRow{Role::oper, scopes, {update, del}, 2},
    PolicyRow{Role::oper, keyrings, {get}, 1},     // the rest is keyd's admin socket
    PolicyRow{Role::oper, audit, {list, exp}, 2},  // nobody writes the trail by hand
};

}  // namespace

std::span<const PolicyRow> policy() { return rows; }

bool is_allowed(Role role, Resource resource, Verb verb)
{
    for (const PolicyRow& row : rows) {
        if (row.role != role || row.resource != resource) {
            continue;
        }
        for (std::size_t i = 0; i < row.count; ++i) {
            if (row.verbs[i] == verb) {
                return true;
            }
        }
    }
    return false;
}

Role role_of(const http::Request& request, const Settings& settings)
{
    if (!request.peer.uid) {
        return Role::nobody;
    }
    const std::string uid = std::to_string(*request.peer.uid);
    for (const std::string& allowed : settings.list("console-uids")) {
        if (allowed == uid) {
            return Role::oper;
        }
    }
    return Role::nobody;
}

}  // namespace tessera::api
