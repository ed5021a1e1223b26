// Refresh tokens (RFC 6749 §6): rotated with reuse detection, or used again and again. Realm scope.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/token_families.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// What takes the presented token's place.
struct Successor {
    Sha256 digest;
    Bytes sealed;  // readable to whoever shows the presented token again
};

struct Refresh {
    Sha256 digest;
    ClientId client;
    std::vector<std::string> scopes;     // RFC 6749 §6: of those authorized; empty: all of them
    std::vector<std::string> resources;  // RFC 8707 §2.2, likewise
    std::string own_api;                 // may be asked for whenever openid was authorized
    Instant now;
    Instant idle_expire_time;            // of the token that is good afterwards
    std::optional<Successor> successor;  // rotates; empty: the presented token stays good
    Seconds grace{0};  // so long a rotated token may be shown again while its successor is unused
};

// A refresh that rotates and the event it is written with, whose principal, session and family are filled in from the family.
struct Rotation {
    Refresh refresh;
    AuditRow event;
};

// Why a token was refused; nothing was consumed.
enum class RefreshFault {
    unknown,
    expired,
    reused,          // rotated before and past the grace: its family was revoked by this call
    foreign_client,  // issued to another client
    scope,           // not one of those authorized
    resource,
    ended,  // the family, its user or organization
};

struct Refreshed {
    std::optional<TokenFamily> family{};  // set when it was good
    // Set when it had been rotated within the grace: what takes its place is sealed in here and was stored then.
    std::optional<Bytes> successor_sealed{};
    RefreshFault fault = RefreshFault::unknown;
    // Of a reuse: whose tokens were revoked.
    std::optional<TokenFamily> revoked{};
};

// One statement for all: checks each family, rotates its token and writes its event. Nothing where a token was not rotated, for
// whatever reason: refresh_token_family tells. Of two with one token one is rotated.
Result<std::vector<std::optional<TokenFamily>>, StoreError>
rotate_refresh_tokens(Transaction& transaction, const std::vector<Rotation>& rotations);

// One statement checks the family, rotates or lengthens, and writes `event` (as of a Rotation). Of many at once with one token
// exactly one rotates; the others get its successor.
Result<Refreshed, StoreError> refresh_token_family(Transaction& transaction, const Refresh& refresh,
                                                   const AuditRow& event);

// When what was rotated could not be signed for: the presented token gives its successor until one of them expires, not for
// the grace only.
Result<void, StoreError> release_refresh_token(Transaction& transaction, const Sha256& digest);

}  // namespace tessera::storage
