#include <algorithm>
#include <array>

#include "daemon/oauth/token/grant.hpp"

namespace tessera::oauth {

namespace {

constexpr std::array table{
    Grant{"authorization_code", authorization_code},
    Grant{"refresh_token", refresh_token},
    Grant{"client_credentials", client_credentials},
};

}  // namespace

std::span<const Grant> grants() { return table; }

const Grant* find_grant(std::string_view name)
{
    const auto found = std::ranges::find(table, name, &Grant::name);
    return found == table.end() ? nullptr : &*found;
}

}  // namespace tessera::oauth
