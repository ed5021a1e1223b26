#include "storage/repositories/audit_events.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define EVENT_COLUMNS                                                                                                  \
    "e.project_id, e.event_id, (extract(epoch FROM e.occurred) * 1000000)::bigint AS occurred_us, e.type, e.result, "  \
    "e.principal_kind, e.principal_id, e.act_chain, e.client_id, e.session_id, e.ip, e.user_agent, e.target_kind, "    \
    "e.target_id, e.authority, e.error_code, e.request_id, e.trace_id, e.body"

// An empty text filters nothing. A type ending in "." is a prefix.
#define EVENT_FILTER                                                                                                   \
    "($1 = '' OR e.type = $1 OR ($1 LIKE '%.' AND starts_with(e.type, $1))) AND ($2 = '' OR e.result = $2) "           \
    "AND ($3 = '' OR e.principal_kind = $3) AND ($4 = '' OR e.principal_id = $4) AND ($5 = '' OR e.client_id = $5) "   \
    "AND ($6 = '' OR e.session_id = $6) AND ($7 = '' OR e.ip = $7) AND ($8 = '' OR e.user_agent = $8) "                \
    "AND ($9 = '' OR e.target_kind = $9) AND ($10 = '' OR e.target_id = $10) AND ($11 = '' OR e.authority = $11) "     \
    "AND ($12 = '' OR e.error_code = $12) AND ($13 = '' OR e.request_id = $13) AND ($14 = '' OR e.trace_id = $14) "    \
    "AND ($15 = '' OR e.occurred >= $15::timestamptz) AND ($16 = '' OR e.occurred < $16::timestamptz) "                \
    "AND ($17 = '' OR e.event_id = nullif($17, '')::uuid) "

constexpr Statement insert = {
    "audit_events.insert", "tessera_app",
    "INSERT INTO tessera.audit_events (project_id, event_id, occurred, type, result, principal_kind, principal_id, "
    "act_chain, client_id, session_id, ip, user_agent, target_kind, target_id, authority, error_code, request_id, "
    "trace_id, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"};

// Events without a position yet are the newest: they come after all others when oldest first, and before them otherwise.
constexpr Statement list_newest = {
    "audit_events.list_newest", "tessera_app",
    "SELECT " EVENT_COLUMNS ", coalesce(p.position, 0) AS position FROM tessera.audit_events e "
    "LEFT JOIN tessera.audit_positions p USING (event_id) WHERE " EVENT_FILTER
    "AND ($19 = '' OR (coalesce(p.position, 9223372036854775807), e.event_id) "
    "< (CASE WHEN $18::bigint = 0 THEN 9223372036854775807 ELSE $18::bigint END, nullif($19, '')::uuid)) "
    "ORDER BY coalesce(p.position, 9223372036854775807) DESC, e.event_id DESC LIMIT $20"};
// Only what has its final place, so that a follower never misses an event that comes to stand before one already seen.
constexpr Statement list_oldest = {
    "audit_events.list_oldest", "tessera_app",
    "SELECT " EVENT_COLUMNS ", p.position FROM tessera.audit_positions p "
    "JOIN tessera.audit_events e USING (event_id) WHERE " EVENT_FILTER
    "AND p.position > $18::bigint AND $19 = $19 ORDER BY p.position LIMIT $20"};

constexpr Statement lock_sequencer = {"audit_sequencer.lock", "tessera_system",
                                      "SELECT pg_try_advisory_xact_lock(7236828342)"};
// Every transaction older than the oldest one running has ended, so the events below that line are all there.
constexpr Statement sequence = {
    "audit_sequencer.run", "tessera_system",
    "WITH line AS ("
    "  SELECT s.next_xid AS low, coalesce("
    "    (SELECT e.writer_xid FROM tessera.audit_events e WHERE e.writer_xid >= s.next_xid "
    "       AND e.writer_xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY e.writer_xid, e.event_id "
    "       OFFSET $1::bigint LIMIT 1),"
    "    pg_snapshot_xmin(pg_current_snapshot())) AS high FROM tessera.audit_sequencer s"
    "), events AS ("
    "  SELECT e.event_id, e.project_id, row_number() OVER (PARTITION BY e.project_id ORDER BY e.writer_xid, e.event_id) "
    "    AS n FROM tessera.audit_events e, line WHERE e.writer_xid >= line.low AND e.writer_xid < line.high"
    "), counts AS ("
    "  SELECT project_id, count(*) AS n FROM events GROUP BY project_id"
    "), heads AS ("
    "  INSERT INTO tessera.audit_heads AS h (project_id, last_position) SELECT project_id, n FROM counts"
    "  ON CONFLICT (project_id) DO UPDATE SET last_position = h.last_position + excluded.last_position"
    "  RETURNING h.project_id, h.last_position"
    "), placed AS ("
    "  INSERT INTO tessera.audit_positions (project_id, position, event_id)"
    "  SELECT e.project_id, heads.last_position - counts.n + e.n, e.event_id"
    "  FROM events e JOIN heads USING (project_id) JOIN counts USING (project_id) RETURNING 1"
    "), moved AS ("
    "  UPDATE tessera.audit_sequencer SET next_xid = line.high FROM line WHERE line.high > line.low RETURNING 1"
    ") SELECT count(*) FROM placed"};

constexpr Statement purge = {
    "audit_events.purge", "tessera_system",
    "WITH old AS ("
    "  SELECT p.project_id, p.position, p.event_id FROM tessera.audit_positions p "
    "  JOIN tessera.audit_events e USING (event_id) JOIN tessera.projects r ON r.project_id = p.project_id "
    "  WHERE r.audit_retention_days > 0 AND e.occurred < $1::timestamptz - make_interval(days => r.audit_retention_days) "
    "  ORDER BY p.project_id, p.position LIMIT $2"
    "), places AS (DELETE FROM tessera.audit_positions p USING old WHERE p.event_id = old.event_id RETURNING 1) "
    "DELETE FROM tessera.audit_events e USING old WHERE e.event_id = old.event_id"};
constexpr Statement purge_once = {"once_values.purge", "tessera_system",
                                  "DELETE FROM tessera.once_values WHERE (project_id, kind, digest) IN "
                                  "(SELECT project_id, kind, digest FROM tessera.once_values "
                                  "WHERE expires < $1::timestamptz LIMIT $2)"};

#undef EVENT_COLUMNS
#undef EVENT_FILTER

PositionedAuditRow read_event(const pqxx::row& row)
{
    PositionedAuditRow event;
    AuditRow& e = event.row;
    e.id = AuditEventId{parse_row_uuid(row["event_id"])};
    e.project = ProjectId{parse_row_uuid(row["project_id"])};
    e.occurred = parse_instant(row["occurred_us"]);
    const std::pair<const char*, std::string*> texts[] = {
        {"type", &e.type},
        {"result", &e.result},
        {"principal_kind", &e.principal_kind},
        {"principal_id", &e.principal_id},
        {"act_chain", &e.act_chain},
        {"client_id", &e.client_id},
        {"session_id", &e.session_id},
        {"ip", &e.ip},
        {"user_agent", &e.user_agent},
        {"target_kind", &e.target_kind},
        {"target_id", &e.target_id},
        {"authority", &e.authority},
        {"error_code", &e.error_code},
        {"request_id", &e.request_id},
        {"trace_id", &e.trace_id},
        {"body", &e.body},
    };
    for (const auto& [name, text] : texts) {
        *text = row[name].as<std::string>();
    }
    event.position = row["position"].as<std::int64_t>();
    return event;
}

}  // namespace

const std::vector<Statement>& audit_event_statements()
{
    static const std::vector<Statement> all = {insert, list_newest, list_oldest, lock_sequencer, sequence, purge, purge_once};
    return all;
}

Result<void, StoreError> insert_audit_event(Transaction& transaction, const AuditRow& row)
{
    TRY(run(transaction, insert, to_string(row.project.uuid), to_string(row.id.uuid), timestamp(row.occurred), row.type,
            row.result, row.principal_kind, row.principal_id, row.act_chain, row.client_id, row.session_id, row.ip,
            row.user_agent, row.target_kind, row.target_id, row.authority, row.error_code, row.request_id, row.trace_id,
            row.body));
    return ok();
}

Result<std::vector<PositionedAuditRow>, StoreError> list_audit_events(Transaction& transaction,
                                                                      const AuditFilter& filter, AuditCursor after,
                                                                      std::size_t limit)
{
    const auto time = [](const std::optional<Instant>& instant) { return instant ? timestamp(*instant) : std::string{}; };
    const bool from_start = after.id.uuid.is_nil();
    TRY(auto&& rows,
        run(transaction, filter.oldest_first ? list_oldest : list_newest, filter.type, filter.result,
            filter.principal_kind, filter.principal_id, filter.client_id, filter.session_id, filter.ip,
            filter.user_agent, filter.target_kind, filter.target_id, filter.authority, filter.error_code,
            filter.request_id, filter.trace_id, time(filter.from), time(filter.before),
            filter.id ? to_string(filter.id->uuid) : std::string{}, after.position,
            from_start ? std::string{} : to_string(after.id.uuid), limit));
    std::vector<PositionedAuditRow> events;
    for (const auto& row : rows) {
        events.push_back(read_event(row));
    }
    return events;
}

Result<std::size_t, StoreError> sequence_audit_events(Pool& system_pool, std::size_t limit)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"give audit events their final positions"}));
    TRY(auto&& locked, run(transaction, lock_sequencer));
    if (!locked[0][0].as<bool>()) {
        return std::size_t{0};
    }
    TRY(auto&& placed, run(transaction, sequence, limit));
    TRY(transaction.commit());
    return placed[0][0].as<std::size_t>();
}

Result<std::size_t, StoreError> purge_audit_events(Pool& system_pool, Instant now, std::size_t limit)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"audit retention of every project"}));
    TRY(auto&& purged, run(transaction, purge, timestamp(now), limit));
    TRY(transaction.commit());
    return static_cast<std::size_t>(purged.affected_rows());
}

Result<std::size_t, StoreError> purge_once_values(Pool& system_pool, Instant now, std::size_t limit)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"drop expired once-only values"}));
    TRY(auto&& purged, run(transaction, purge_once, timestamp(now), limit));
    TRY(transaction.commit());
    return static_cast<std::size_t>(purged.affected_rows());
}

}  // namespace tessera::storage
