// Invites: an address that may join an organization. One invite an organization and address, in any case of letters; used
// once, by whoever proves to read mail to the address. Realm scope throughout.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct UserInvite {
    UserInviteId id;
    ProjectId project;
    OrganizationId organization;
    std::string email;
    bool owner = false;  // who joins by it is an owner
    Instant create_time;
    Instant update_time;
    Instant expire_time;
};

struct NewInvite {
    UserInviteId id;  // of the invite when there is none yet for the address
    OrganizationId organization;
    std::string email;
    bool owner = false;
    Instant expire_time;
};

// Expired invites are found and listed too, until storage/repositories/expiry deletes them.
Result<std::optional<UserInvite>, StoreError> find_invite(Transaction& transaction, UserInviteId id);
// Ordered by id; `after` nil = from the start. Only those of `organization`, when given.
Result<std::vector<UserInvite>, StoreError> list_invites(Transaction& transaction,
                                                         std::optional<OrganizationId> organization,
                                                         UserInviteId after, std::size_t limit);
// Makes the invite, or gives the one there is for the address this owner and expiry. Empty when a user of the organization
// has the address already. Reference error when there is no such organization.
Result<std::optional<UserInvite>, StoreError> put_invite(Transaction& transaction, ProjectId project,
                                                         const NewInvite& invite);
Result<bool, StoreError> delete_invite(Transaction& transaction, UserInviteId id);
// Takes the invite away and tells what it was: exactly one of any number of callers gets it. Empty when there is none that is
// good at `now`.
Result<std::optional<UserInvite>, StoreError>
consume_invite(Transaction& transaction, OrganizationId organization, const std::string& email, Instant now);

}  // namespace tessera::storage
