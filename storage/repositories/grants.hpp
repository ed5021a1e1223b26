// Remembered consent: which client a person lets do what. Realm scope.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct GrantedScope {
    std::string resource;  // registered URI; empty for the scopes of OpenID Connect
    std::string scope;

    bool operator==(const GrantedScope&) const = default;
};

struct Grant {
    GrantId id;
    UserId user;
    ClientId client;
    std::vector<GrantedScope> scopes;
    Instant create_time;
    Instant update_time;
};

Result<std::optional<Grant>, StoreError> find_grant(Transaction& transaction, UserId user, ClientId client);
// Newest first.
Result<std::vector<Grant>, StoreError> list_grants(Transaction& transaction, UserId user);
// Adds to what the person allowed the client before.
Result<GrantId, StoreError> remember_grant(Transaction& transaction, ProjectId project, UserId user,
                                           ClientId client, const std::vector<GrantedScope>& scopes,
                                           Instant now);
// Takes it back, and with it every token family of the person and the client (a trigger of the schema). False when there is none.
Result<bool, StoreError> delete_grant(Transaction& transaction, UserId user, ClientId client);

}  // namespace tessera::storage
