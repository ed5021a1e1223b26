// The background steps of the trail: final positions, retention, expiry. Role tessera_system.
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement lock = {"audit_sequencer.lock", "tessera_system",
                            "SELECT pg_try_advisory_xact_lock(7236828342)"};

// Every transaction older than the oldest one running (xmin) has ended, so the events below that line are all
// there, and the next call begins at the line. `high` is the line itself or, when more than $1 events wait,
// one past the transaction the last of them belongs to: a transaction's events are never parted.
constexpr Statement find_line = {
    "audit_sequencer.find_line", "tessera_system",
    "SELECT s.next_xid AS low, coalesce("
    "    (SELECT ((e.writer_xid::text::bigint) + 1)::text::xid8 FROM tessera.audit_events e "
    "       WHERE e.writer_xid >= s.next_xid AND e.writer_xid < pg_snapshot_xmin(pg_current_snapshot()) "
    "       ORDER BY e.writer_xid OFFSET $1::bigint - 1 LIMIT 1), pg_snapshot_xmin(pg_current_snapshot())) "
    "AS high, "
    "  EXISTS (SELECT FROM tessera.audit_events e WHERE e.writer_xid >= s.next_xid "
    "    AND e.writer_xid < pg_snapshot_xmin(pg_current_snapshot())) AS waiting, "
    "  s.next_xid > pg_snapshot_xmin(pg_current_snapshot()) AS restored FROM tessera.audit_sequencer s"};

// From `events` (project and id of what has no position yet) to positions, and the line to $2.
#define PLACE_EVENTS                                                                                         \
    "), numbered AS ("                                                                                       \
    "  SELECT event_id, project_id, row_number() OVER (PARTITION BY project_id ORDER BY event_id) AS n "     \
    "FROM events"                                                                                            \
    "), counts AS ("                                                                                         \
    "  SELECT project_id, count(*) AS n FROM events GROUP BY project_id"                                     \
    "), heads AS ("                                                                                          \
    "  INSERT INTO tessera.audit_heads AS h (project_id, last_position) SELECT project_id, n FROM counts"    \
    "  ON CONFLICT (project_id) DO UPDATE SET last_position = h.last_position + excluded.last_position"      \
    "  RETURNING h.project_id, h.last_position"                                                              \
    "), moved AS ("                                                                                          \
    "  UPDATE tessera.audit_sequencer SET next_xid = $2::xid8"                                               \
    ") INSERT INTO tessera.audit_positions (project_id, position, event_id) "                                \
    "  SELECT e.project_id, heads.last_position - counts.n + e.n, e.event_id "                               \
    "  FROM numbered e JOIN heads USING (project_id) JOIN counts USING (project_id)"

constexpr Statement place = {"audit_sequencer.place", "tessera_system",
                             "WITH events AS ("
                             "  SELECT event_id, project_id FROM tessera.audit_events WHERE writer_xid >= "
                             "$1::xid8 AND writer_xid < $2::xid8" PLACE_EVENTS};

// After a restore into another cluster the stored line may be ahead of that cluster's transactions ($2, its
// xmin): then whatever has no position is looked for in the whole log, once, and the line is put back.
constexpr Statement place_restored = {
    "audit_sequencer.place_restored", "tessera_system",
    "WITH events AS ("
    "  SELECT e.event_id, e.project_id FROM tessera.audit_events e "
    "  WHERE (e.writer_xid >= $1::xid8 OR e.writer_xid < $2::xid8) AND NOT EXISTS ("
    "    SELECT FROM tessera.audit_positions p WHERE p.project_id = e.project_id AND p.event_id = "
    "e.event_id)" PLACE_EVENTS};

#undef PLACE_EVENTS

// A prefix of each log and never more: an event within retention keeps every later position, so that what is
// left has no gap. The nil project (the appliance) has no row in projects and is kept.
constexpr Statement purge = {
    "audit_events.purge", "tessera_system",
    "WITH realms AS ("
    // Not by a clock that is ahead of the database's: what is deleted does not come back.
    "  SELECT r.project_id, least($1::timestamptz, now()) - make_interval(days => r.audit_retention_days) AS "
    "keep_from"
    "  FROM tessera.projects r WHERE r.audit_retention_days > 0"
    "), candidates AS ("
    "  SELECT r.project_id, c.position, c.event_id, "
    "    bool_and(c.occurred < r.keep_from) OVER (PARTITION BY r.project_id ORDER BY c.position) AS doomed"
    "  FROM realms r CROSS JOIN LATERAL (SELECT p.position, p.event_id, e.occurred FROM "
    "tessera.audit_positions p "
    "    JOIN tessera.audit_events e USING (project_id, event_id) WHERE p.project_id = r.project_id "
    "    ORDER BY p.position LIMIT $2) c"
    "  WHERE EXISTS (SELECT FROM tessera.audit_events e "
    "    WHERE e.project_id = r.project_id AND e.occurred < r.keep_from)"
    "), old AS ("
    "  SELECT project_id, event_id, position FROM candidates WHERE doomed ORDER BY project_id, position "
    "LIMIT "
    "$2"
    "), places AS (DELETE FROM tessera.audit_positions p USING old "
    "    WHERE p.project_id = old.project_id AND p.event_id = old.event_id"
    "), gone AS (DELETE FROM tessera.audit_events e USING old "
    "    WHERE e.project_id = old.project_id AND e.event_id = old.event_id RETURNING e.project_id, "
    "old.position) "
    "SELECT project_id, count(*) AS events, max(position) AS last_position FROM gone GROUP BY project_id"};

constexpr Statement purge_once = {"once_values.purge", "tessera_system",
                                  "DELETE FROM tessera.once_values WHERE (project_id, kind, digest) IN "
                                  "(SELECT project_id, kind, digest FROM tessera.once_values "
                                  "WHERE expires < least($1::timestamptz, now()) ORDER BY expires LIMIT $2)"};

}  // namespace

const std::vector<Statement>& audit_sequencer_statements()
{
    static const std::vector<Statement> all = {lock, find_line, place, place_restored, purge, purge_once};
    return all;
}

Result<std::size_t, StoreError> sequence_audit_events(Pool& system_pool, std::size_t limit)
{
    TRY(auto&& transaction,
        Transaction::begin(system_pool, SystemScope{"give audit events their final positions"}));
    TRY(auto&& locked, run(transaction, lock));
    if (!locked[0][0].as<bool>()) {
        return std::size_t{0};
    }
    TRY(auto&& line, run(transaction, find_line, limit));
    const auto low = line[0]["low"].as<std::string>();
    const auto high = line[0]["high"].as<std::string>();
    const bool restored = line[0]["restored"].as<bool>();
    if (!restored && !line[0]["waiting"].as<bool>()) {
        return std::size_t{0};  // moving the line alone would be a write a second on an idle system
    }
    TRY(auto&& placed, run(transaction, restored ? place_restored : place, low, high));
    TRY(transaction.commit());
    return static_cast<std::size_t>(placed.affected_rows());
}

Result<std::size_t, StoreError> purge_audit_events(Pool& system_pool, Instant now, std::size_t limit,
                                                   const RecordOfPurge& record)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"audit retention of every project"}));
    TRY(auto&& realms, run(transaction, purge, timestamp(now), limit));
    std::size_t total = 0;
    for (const auto& row : realms) {
        const Purged purged{ProjectId{parse_row_uuid(row["project_id"])}, row["events"].as<std::size_t>(),
                            row["last_position"].as<std::int64_t>()};
        total += purged.events;
        TRY(insert_audit_event(transaction, record(purged)));
    }
    TRY(transaction.commit());
    return total;
}

Result<std::size_t, StoreError> purge_once_values(Pool& system_pool, Instant now, std::size_t limit)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"drop expired once-only values"}));
    TRY(auto&& purged, run(transaction, purge_once, timestamp(now), limit));
    TRY(transaction.commit());
    return static_cast<std::size_t>(purged.affected_rows());
}

}  // namespace tessera::storage
