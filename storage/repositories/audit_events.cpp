#include "storage/repositories/audit_events.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define EVENT_COLUMNS                                                                                        \
    "e.project_id, e.event_id, (extract(epoch FROM e.occurred) * 1000000)::bigint AS occurred_us, e.type, "  \
    "e.result, "                                                                                             \
    "e.principal_kind, e.principal_id, e.act_chain, e.client_id, e.session_id, e.ip, e.user_agent, "         \
    "e.target_kind, "                                                                                        \
    "e.target_id, e.authority, e.error_code, e.request_id, e.trace_id, e.body"

// An empty text filters nothing. A type ending in "." is a prefix.
#define EVENT_FILTER                                                                                         \
    "($1 = '' OR e.type = $1 OR ($1 LIKE '%.' AND starts_with(e.type, $1))) AND ($2 = '' OR e.result = $2) " \
    "AND ($3 = '' OR e.principal_kind = $3) AND ($4 = '' OR e.principal_id = $4) AND ($5 = '' OR "           \
    "e.client_id = $5) "                                                                                     \
    "AND ($6 = '' OR e.session_id = $6) AND ($7 = '' OR e.ip = $7) AND ($8 = '' OR e.user_agent = $8) "      \
    "AND ($9 = '' OR e.target_kind = $9) AND ($10 = '' OR e.target_id = $10) AND ($11 = '' OR e.authority "  \
    "= $11) "                                                                                                \
    "AND ($12 = '' OR e.error_code = $12) AND ($13 = '' OR e.request_id = $13) AND ($14 = '' OR e.trace_id " \
    "= $14) "                                                                                                \
    "AND ($15 = '' OR e.occurred >= $15::timestamptz) AND ($16 = '' OR e.occurred < $16::timestamptz) "      \
    "AND ($17 = '' OR e.event_id = nullif($17, '')::uuid) "

constexpr Statement insert = {"audit_events.insert", "tessera_app",
                              "INSERT INTO tessera.audit_events (project_id, event_id, occurred, type, "
                              "result, principal_kind, principal_id, "
                              "act_chain, client_id, session_id, ip, user_agent, target_kind, target_id, "
                              "authority, error_code, request_id, "
                              "trace_id, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
                              "$13, $14, $15, $16, $17, $18, $19)"};

// Events without a position yet are the newest; those written below the sequencer's line have one. Each half
// is bounded by itself, so a page costs a page. A cursor without a position may have got one since: it is
// looked up.
constexpr Statement list_newest = {
    "audit_events.list_newest", "tessera_app",
    "WITH cursor AS (SELECT CASE WHEN $18::bigint > 0 THEN $18::bigint ELSE (SELECT p.position "
    "  FROM tessera.audit_positions p WHERE p.project_id = tessera.current_project() "
    "  AND p.event_id = nullif($19, '')::uuid) END AS position), "
    "pending AS (SELECT " EVENT_COLUMNS
    ", 0::bigint AS position FROM tessera.audit_events e WHERE " EVENT_FILTER
    "  AND (SELECT position IS NULL FROM cursor) AND ($19 = '' OR e.event_id < nullif($19, '')::uuid) "
    "  AND e.writer_xid >= (SELECT next_xid FROM tessera.audit_sequencer) "
    "  AND NOT EXISTS (SELECT FROM tessera.audit_positions p WHERE p.project_id = e.project_id "
    "  AND p.event_id = e.event_id) ORDER BY e.event_id DESC LIMIT $20), "
    "placed AS (SELECT " EVENT_COLUMNS ", p.position FROM tessera.audit_positions p "
    "  JOIN tessera.audit_events e USING (project_id, event_id) WHERE " EVENT_FILTER
    "  AND p.project_id = tessera.current_project() "
    "  AND p.position < coalesce((SELECT position FROM cursor), 9223372036854775807) "
    "  ORDER BY p.position DESC LIMIT $20) "
    "SELECT * FROM (SELECT * FROM pending UNION ALL SELECT * FROM placed) page "
    "ORDER BY position = 0 DESC, position DESC, event_id DESC LIMIT $20"};
// Only what has its final place, so that a follower never misses an event that comes to stand before one
// already seen.
constexpr Statement list_oldest = {
    "audit_events.list_oldest", "tessera_app",
    "SELECT " EVENT_COLUMNS ", p.position FROM tessera.audit_positions p "
    "JOIN tessera.audit_events e USING (project_id, event_id) WHERE " EVENT_FILTER
    "AND p.project_id = tessera.current_project() AND p.position > (CASE WHEN $18::bigint > 0 THEN "
    "$18::bigint "
    "ELSE coalesce((SELECT p.position FROM tessera.audit_positions p WHERE p.project_id = "
    "tessera.current_project() "
    "AND p.event_id = nullif($19, '')::uuid), 0) END) ORDER BY p.position LIMIT $20"};

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
    static const std::vector<Statement> all = {insert, list_newest, list_oldest};
    return all;
}

Result<void, StoreError> insert_audit_event(Transaction& transaction, const AuditRow& row)
{
    TRY(run(transaction, insert, to_string(row.project.uuid), to_string(row.id.uuid), timestamp(row.occurred),
            row.type, row.result, row.principal_kind, row.principal_id, row.act_chain, row.client_id,
            row.session_id, row.ip, row.user_agent, row.target_kind, row.target_id, row.authority,
            row.error_code, row.request_id, row.trace_id, row.body));
    return ok();
}

Result<std::vector<PositionedAuditRow>, StoreError>
list_audit_events(Transaction& transaction, const AuditFilter& filter, AuditCursor after, std::size_t limit)
{
    const auto time = [](const std::optional<Instant>& instant) {
        return instant ? timestamp(*instant) : std::string{};
    };
    const bool from_start = after.id.uuid.is_nil();
    TRY(auto&& rows,
        run_planned(transaction, filter.oldest_first ? list_oldest : list_newest, filter.type, filter.result,
                    filter.principal_kind, filter.principal_id, filter.client_id, filter.session_id,
                    filter.ip, filter.user_agent, filter.target_kind, filter.target_id, filter.authority,
                    filter.error_code, filter.request_id, filter.trace_id, time(filter.from),
                    time(filter.before), filter.id ? to_string(filter.id->uuid) : std::string{},
                    after.position, from_start ? std::string{} : to_string(after.id.uuid), limit));
    std::vector<PositionedAuditRow> events;
    for (const auto& row : rows) {
        events.push_back(read_event(row));
    }
    return events;
}

}  // namespace tessera::storage
