// The group-commit statement of the audit writer (role tessera_audit).
#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/assert.hpp"
#include "storage/repositories/array_column.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

// One array a column: PostgreSQL parses a few long texts faster than many short parameters, and the statement
// stays the same whatever the batch's size (docs/adr/0042-audit-batch-by-unnest.md). Events whose once-only
// value was used before are left out; what comes back names them.
constexpr Statement append_once = {
    "audit_events.append_once", "tessera_audit",
    "WITH entries AS ("
    "  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], "
    "    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], "
    "$15::text[], "
    "    $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::bytea[], $22::timestamptz[]) "
    "  AS e (event_id, project_id, occurred, type, result, principal_kind, principal_id, act_chain, "
    "client_id, "
    "    session_id, ip, user_agent, target_kind, target_id, authority, error_code, request_id, trace_id, "
    "body, "
    "    once_kind, once_digest, once_expires)"
    "), used AS ("
    "  INSERT INTO tessera.once_values (project_id, kind, digest, expires)"
    "  SELECT project_id, once_kind, once_digest, once_expires FROM entries WHERE once_digest IS NOT NULL"
    "  ON CONFLICT (project_id, kind, digest) DO NOTHING RETURNING project_id, kind, digest"
    "), accepted AS ("
    "  SELECT e.* FROM entries e LEFT JOIN used u"
    "    ON u.project_id = e.project_id AND u.kind = e.once_kind AND u.digest = e.once_digest"
    "  WHERE e.once_digest IS NULL OR u.digest IS NOT NULL"
    "), written AS ("
    "  INSERT INTO tessera.audit_events (project_id, event_id, occurred, type, result, principal_kind, "
    "principal_id, "
    "    act_chain, client_id, session_id, ip, user_agent, target_kind, target_id, authority, error_code, "
    "request_id, "
    "    trace_id, body)"
    "  SELECT project_id, event_id, occurred, type, result, principal_kind, principal_id, act_chain, "
    "client_id, "
    "    session_id, ip, user_agent, target_kind, target_id, authority, error_code, request_id, trace_id, "
    "body"
    "  FROM accepted"
    ") SELECT event_id FROM entries e WHERE e.once_digest IS NOT NULL "
    "  AND NOT EXISTS (SELECT FROM accepted a WHERE a.event_id = e.event_id)"};

// The same for a batch without once-only values, which is nearly every one.
constexpr Statement append = {
    "audit_events.append", "tessera_audit",
    "INSERT INTO tessera.audit_events (event_id, project_id, occurred, type, result, principal_kind, "
    "principal_id, "
    "  act_chain, client_id, session_id, ip, user_agent, target_kind, target_id, authority, error_code, "
    "request_id, "
    "  trace_id, body) "
    "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], "
    "  $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], "
    "  $16::text[], $17::text[], $18::text[], $19::text[])"};

constexpr std::size_t event_columns = 19;
constexpr std::size_t columns = event_columns + 3;
using Columns = std::array<ArrayColumn, columns>;

void add_entry(Columns& column, const AuditEntry& entry)
{
    const AuditRow& row = entry.row;
    std::size_t at = 0;
    column[at++].add(to_string(row.id.uuid));
    column[at++].add(to_string(row.project.uuid));
    column[at++].add(timestamp(row.occurred));
    for (const std::string* text :
         {&row.type, &row.result, &row.principal_kind, &row.principal_id, &row.act_chain, &row.client_id,
          &row.session_id, &row.ip, &row.user_agent, &row.target_kind, &row.target_id, &row.authority,
          &row.error_code, &row.request_id, &row.trace_id, &row.body}) {
        column[at++].add(*text);
    }
    if (entry.once) {
        column[at++].add(entry.once->kind);
        column[at++].add(bytes_literal(ByteView{entry.once->digest}));
        column[at++].add(timestamp(entry.once->expires));
    } else {
        column[at++].add_null();
        column[at++].add_null();
        column[at++].add_null();
    }
}

template <std::size_t... I>
pqxx::result execute(Connection& connection, const Statement& statement, Columns& column,
                     std::index_sequence<I...>)
{
    connection.prepare_once(statement);
    pqxx::nontransaction work{connection.raw()};
    return work.exec_prepared(statement.name, column[I].finish()...);
}

bool holds_nul(const AuditRow& row)
{
    const auto texts = {&row.type,       &row.result,      &row.principal_kind, &row.principal_id,
                        &row.act_chain,  &row.client_id,   &row.session_id,     &row.ip,
                        &row.user_agent, &row.target_kind, &row.target_id,      &row.authority,
                        &row.error_code, &row.request_id,  &row.trace_id,       &row.body};
    return std::any_of(texts.begin(), texts.end(),
                       [](const std::string* text) { return text->find('\0') != std::string::npos; });
}

// A value that is twice in one batch is new for the first entry only.
using OnceKey = std::tuple<Uuid, std::string, Sha256>;

}  // namespace

const std::vector<Statement>& audit_batch_statements()
{
    static const std::vector<Statement> all = {append, append_once};
    return all;
}

Result<std::vector<Appended>, StoreError> append_audit_batch(Pool& audit_pool,
                                                             const std::vector<AuditEntry>& entries)
{
    std::vector<Appended> outcome(entries.size(), Appended::written);
    Columns column;
    std::set<OnceKey> once;
    std::unordered_map<Uuid, std::size_t, UuidHash> at;  // of events whose value decides
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const AuditEntry& entry = entries[i];
        if (holds_nul(entry.row)) {
            return StoreError{StoreFault::invalid, {}, "an audit text holds NUL"};
        }
        if (entry.once) {
            ASSERT(entry.once->project == entry.row.project);
            if (!once.insert({entry.once->project.uuid, entry.once->kind, entry.once->digest}).second) {
                outcome[i] = Appended::replayed;
                continue;
            }
            at[entry.row.id.uuid] = i;
        }
        add_entry(column, entry);
    }
    if (entries.empty()) {
        return outcome;
    }
    TRY(auto&& lease, audit_pool.lease());
    try {
        if (once.empty()) {
            execute(*lease, append, column, std::make_index_sequence<event_columns>{});
            return outcome;
        }
        for (const auto& row : execute(*lease, append_once, column, std::make_index_sequence<columns>{})) {
            outcome[at.at(parse_row_uuid(row[0]))] = Appended::replayed;
        }
    } catch (const std::exception& error) {
        StoreError converted = to_store_error(error);
        if (converted.fault == StoreFault::unavailable) {
            lease->mark_broken();
        }
        return converted;
    }
    return outcome;
}

}  // namespace tessera::storage
