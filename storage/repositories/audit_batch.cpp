// The group-commit statement of the audit writer (role tessera_audit).
#include <fmt/format.h>

#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

// One array a column: PostgreSQL parses a few long texts faster than many short parameters, and the statement stays the
// same whatever the batch's size. Events whose once-only value was used before are left out; the row count per entry tells.
constexpr Statement append = {
    "audit_events.append_batch", "tessera_audit",
    "WITH entries AS ("
    "  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], "
    "    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], "
    "    $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::bytea[], $22::timestamptz[]) "
    "  AS e (event_id, project_id, occurred, type, result, principal_kind, principal_id, act_chain, client_id, "
    "    session_id, ip, user_agent, target_kind, target_id, authority, error_code, request_id, trace_id, body, "
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
    "  INSERT INTO tessera.audit_events (project_id, event_id, occurred, type, result, principal_kind, principal_id, "
    "    act_chain, client_id, session_id, ip, user_agent, target_kind, target_id, authority, error_code, request_id, "
    "    trace_id, body)"
    "  SELECT project_id, event_id, occurred, type, result, principal_kind, principal_id, act_chain, client_id, "
    "    session_id, ip, user_agent, target_kind, target_id, authority, error_code, request_id, trace_id, body"
    "  FROM accepted"
    ") SELECT event_id FROM entries e WHERE e.once_digest IS NOT NULL "
    "  AND NOT EXISTS (SELECT FROM accepted a WHERE a.event_id = e.event_id)"};

// One array literal a column, built as the entries are walked once.
class Column {
public:
    void add(std::string_view text)
    {
        literal_ += literal_.size() > 1 ? ",\"" : "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                literal_.push_back('\\');
            }
            literal_.push_back(c);
        }
        literal_.push_back('"');
    }
    void add_null() { literal_ += literal_.size() > 1 ? ",NULL" : "NULL"; }
    std::string finish()
    {
        literal_.push_back('}');
        return std::move(literal_);
    }

private:
    std::string literal_ = "{";
};

constexpr std::size_t columns = 22;

void add_entry(std::array<Column, columns>& column, const AuditEntry& entry)
{
    const AuditRow& row = entry.row;
    std::size_t at = 0;
    column[at++].add(to_string(row.id.uuid));
    column[at++].add(to_string(row.project.uuid));
    column[at++].add(timestamp(row.occurred));
    for (const std::string* text :
         {&row.type, &row.result, &row.principal_kind, &row.principal_id, &row.act_chain, &row.client_id,
          &row.session_id, &row.ip, &row.user_agent, &row.target_kind, &row.target_id, &row.authority, &row.error_code,
          &row.request_id, &row.trace_id, &row.body}) {
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
pqxx::result execute(pqxx::nontransaction& work, std::array<Column, columns>& column, std::index_sequence<I...>)
{
    return work.exec_prepared(append.name, column[I].finish()...);
}

}  // namespace

const std::vector<Statement>& audit_batch_statements()
{
    static const std::vector<Statement> all = {append};
    return all;
}

Result<std::vector<Appended>, StoreError> append_audit_batch(Pool& audit_pool, const std::vector<AuditEntry>& entries)
{
    TRY(auto&& lease, audit_pool.lease());
    std::array<Column, columns> column;
    for (const AuditEntry& entry : entries) {
        add_entry(column, entry);
    }
    std::vector<Appended> outcome(entries.size(), Appended::written);
    try {
        lease->prepare_once(append);
        pqxx::nontransaction work{lease->raw()};
        const pqxx::result replayed = execute(work, column, std::make_index_sequence<columns>{});
        for (const auto& row : replayed) {
            const AuditEventId id{parse_row_uuid(row[0])};
            for (std::size_t i = 0; i < entries.size(); ++i) {
                if (entries[i].row.id == id) {
                    outcome[i] = Appended::replayed;
                }
            }
        }
    } catch (const std::exception& error) {
        lease->mark_broken();
        return to_store_error(error);
    }
    return outcome;
}

}  // namespace tessera::storage
