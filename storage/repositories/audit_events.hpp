// Audit rows: inserted, positioned, read, exported; never updated.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// One event as stored. Texts are valid UTF-8 without NUL (the catalogue escapes before); empty = absent.
struct AuditRow {
    AuditEventId id;    // UUIDv7 of its writer
    ProjectId project;  // the nil project for events of the appliance itself
    Instant occurred;
    std::string type;            // catalogue name: "oauth.token.issued"
    std::string result;          // "success", "refused", "failed"
    std::string principal_kind;  // "client", "operator", "user", "agent", "system"
    std::string principal_id;
    std::string act_chain;  // canonical JSON array, outermost actor first
    std::string client_id;
    std::string session_id;
    std::string ip;
    std::string user_agent;
    std::string target_kind;
    std::string target_id;
    std::string authority;   // what allowed it: "grant_type=client_credentials", "policy=operator"
    std::string error_code;  // of a refusal: "invalid_client"
    std::string request_id;
    std::string trace_id;
    std::string body;  // canonical JSON object of the type's own fields
};

// A once-only value to consume in the same statement as its event, of the same project: a jti, later a DPoP
// proof.
struct OnceValue {
    ProjectId project;
    std::string kind;  // "client_assertion"
    Sha256 digest;     // over what must be once: issuer and jti
    Instant expires;
};

struct AuditEntry {
    AuditRow row;
    std::optional<OnceValue> once;
};

enum class Appended { written, replayed };

// The group-commit statement, as tessera_audit: consumes every once-only value and inserts every event whose
// value was new (or that has none), in one statement and one commit. The result has one element per entry:
// `replayed` means the value had been used and neither was written. When entries of one batch share a value,
// the first of them decides and the others are `replayed`.
Result<std::vector<Appended>, StoreError> append_audit_batch(Pool& audit_pool,
                                                             const std::vector<AuditEntry>& entries);

// Inside a request's own transaction (realm or system scope).
Result<void, StoreError> insert_audit_event(Transaction& transaction, const AuditRow& row);

// Every column filters; an empty text or optional does not. Newest first unless `oldest_first`, which reads
// the log in its final order: events without a position yet are not in it, so a follower misses none and sees
// none twice.
struct AuditFilter {
    std::string type;  // exact, or a prefix ending in "."
    std::string result;
    std::string principal_kind;
    std::string principal_id;
    std::string client_id;
    std::string session_id;
    std::string ip;
    std::string user_agent;
    std::string target_kind;
    std::string target_id;
    std::string authority;
    std::string error_code;
    std::string request_id;
    std::string trace_id;
    std::optional<Instant> from;
    std::optional<Instant> before;
    std::optional<AuditEventId> id;
    bool oldest_first = false;
};

struct PositionedAuditRow {
    AuditRow row;
    std::int64_t position;  // final and gapless within the project's log; 0 = not sequenced yet
};

// Keyset pages: position and id of the last row seen (0 and nil = from the start). Realm scope.
struct AuditCursor {
    std::int64_t position = 0;
    AuditEventId id{};
};
Result<std::vector<PositionedAuditRow>, StoreError>
list_audit_events(Transaction& transaction, const AuditFilter& filter, AuditCursor after, std::size_t limit);

// Sequencer step, system scope: under the sequencer's advisory lock gives final positions to events older
// than every running transaction. Returns how many; 0 also when another front holds the lock.
Result<std::size_t, StoreError> sequence_audit_events(Pool& system_pool, std::size_t limit);

// Retention step, system scope: deletes positioned events older than their project's retention, oldest first,
// at most `limit`. What is left of a log has no gap, and its next position goes on counting. The appliance's
// own log is kept.
// What went of one realm's log: always from its old end.
struct Purged {
    ProjectId project;
    std::size_t events = 0;
    std::int64_t last_position = 0;
};
// The event that tells of it, written in the same transaction.
using RecordOfPurge = std::function<AuditRow(const Purged&)>;
Result<std::size_t, StoreError> purge_audit_events(Pool& system_pool, Instant now, std::size_t limit,
                                                   const RecordOfPurge& record);

// Expiry step, system scope: drops once-only values that can no longer be presented in time.
Result<std::size_t, StoreError> purge_once_values(Pool& system_pool, Instant now, std::size_t limit);

}  // namespace tessera::storage
