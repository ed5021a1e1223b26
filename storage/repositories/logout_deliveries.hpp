// Who must hear of the end of a session (OpenID Connect Back-Channel Logout §2.5, Front-Channel Logout §2). The rows are made by
// the schema, in the transaction that ends the session; here they are sent and settled.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// A delivery that is ours until its lease is over. `attempts` counts this one; whoever settles it names it, so that a
// late holder of an earlier lease changes nothing.
struct DueLogout {
    ProjectId project;
    std::string slug;
    LogoutDeliveryId id;
    ClientId client;
    SessionId session;
    UserId user;
    int attempts = 0;
    Instant create_time;
};

// Takes what is due, oldest first: no front takes what another holds, and what a front did not settle is due again when its
// lease is over. None of the realms `but`. System scope.
Result<std::vector<DueLogout>, StoreError> lease_logouts(Pool& system_pool, std::size_t limit, Seconds lease,
                                                         const std::vector<ProjectId>& but);

// Settle one. False when the lease was lost.
Result<bool, StoreError> mark_logout_sent(Pool& system_pool, const DueLogout& logout);
Result<bool, StoreError> mark_logout_failed(Pool& system_pool, const DueLogout& logout,
                                            const std::string& error);
Result<bool, StoreError> postpone_logout(Pool& system_pool, const DueLogout& logout, const std::string& error,
                                         Seconds wait);
// Postponed, and the attempt taken back.
Result<bool, StoreError> defer_logout(Pool& system_pool, const DueLogout& logout, const std::string& error,
                                      Seconds wait);

// The clients that hold tokens of the session and have a front-channel logout URI. Realm scope.
Result<std::vector<ClientId>, StoreError> list_frontchannel_logout_clients(Transaction& transaction,
                                                                           SessionId session);

}  // namespace tessera::storage
