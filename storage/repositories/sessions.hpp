// Browser sessions, and the browsers their users are known by. Realm scope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct Session {
    SessionId id;
    UserId user;
    OrganizationId organization;
    std::string primary_auth_factor;  // "email", "password", "passkey"
    std::vector<std::string> amr;
    std::string acr;
    Instant auth_time;
    Instant create_time;
    Instant last_active_time;
    Instant expire_time;
    DeviceId device;
    std::string ip;
    std::string user_agent;
};

Result<void, StoreError> insert_session(Transaction& transaction, ProjectId project, const Session& session,
                                        const Sha256& token_digest);

struct LiveSession : Session {
    bool lacks_second_factor;  // its organization requires one by now, and one may be set up
};

// The session of a cookie when it is alive at `now`: not revoked, not expired, active within `idle`, its user and organization
// and the project's sign-in not switched off.
Result<std::optional<LiveSession>, StoreError>
find_live_session(Transaction& transaction, const Sha256& token_digest, Instant now, Seconds idle);
// Moves last_active_time forward; a write for each page would be more than the figure is worth, so only when it is older than
// `granularity`.
Result<void, StoreError> touch_session(Transaction& transaction, SessionId id, Instant now,
                                       Seconds granularity);

// A person proved again, or proved more: the session keeps its id and gets another secret. False when it is no more.
Result<bool, StoreError> renew_session(Transaction& transaction, const Session& session,
                                       const Sha256& token_digest);

// What is alive of a user's, newest activity first.
Result<std::vector<Session>, StoreError> list_live_sessions(Transaction& transaction, UserId user,
                                                            Instant now, Seconds idle);

// Ends sessions, and with them what is bound to them (docs/adr/0098-what-ends-together-ends-in-the-database.md). The ids that ended now; nothing for what had ended before. `keep`: all of the user's but this one.
Result<std::vector<SessionId>, StoreError> revoke_session(Transaction& transaction, SessionId id, UserId user,
                                                          Instant now, const std::string& reason);
Result<std::vector<SessionId>, StoreError> revoke_sessions_of(Transaction& transaction, UserId user,
                                                              std::optional<SessionId> keep, Instant now,
                                                              const std::string& reason);

// Remembers that the user was seen with this browser: true when that is new, though not when it is the user's first.
Result<bool, StoreError> remember_device(Transaction& transaction, ProjectId project, UserId user,
                                         DeviceId device, Instant now);
// Whether somebody of this address has signed in on this device.
Result<bool, StoreError> is_device_of_email(Transaction& transaction, DeviceId device,
                                            const std::string& email);

}  // namespace tessera::storage
