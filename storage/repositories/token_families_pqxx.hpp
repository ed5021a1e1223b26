// What statements that consume a code or a refresh token share: the family's columns, the checks on whom it belongs to, and the
// event that is written with the consumption. Included by storage's .cpp files only.
#pragma once

#include "storage/connection_pqxx.hpp"
#include "storage/repositories/audit_events.hpp"
#include "storage/repositories/token_families.hpp"

namespace tessera::storage {

#define FAMILY_COLUMNS                                                                                       \
    "f.project_id, f.family_id, f.client_id, f.user_id, f.organization_id, f.session_id, f.redirect_uri, "   \
    "f.scope, f.resources, f.nonce, f.claims, f.auth_time, f.amr, f.acr, f.auth_time_asked, f.offline, "     \
    "f.create_time, f.expire_time, f.family_text, f.user_text, f.session_text"

// Of a row source that has FAMILY_COLUMNS.
#define FAMILY_RESULT(source)                                                                                \
    source ".family_id, " source ".client_id, " source ".user_id, " source ".organization_id, " source       \
           ".session_id, " source ".redirect_uri, " source ".scope, " source ".resources, " source           \
           ".nonce, " source ".claims, (extract(epoch FROM " source                                          \
           ".auth_time) * 1000000)::bigint AS auth_us, " source ".amr, " source ".acr, " source              \
           ".auth_time_asked, " source ".offline, (extract(epoch FROM " source                               \
           ".create_time) * 1000000)::bigint AS create_us, (extract(epoch FROM " source                      \
           ".expire_time) * 1000000)::bigint AS expire_us"

// Joined to a family `f`: the person and the organization it stands on. FAMILY_STANDS: nothing of it has ended at `now`. (The session by
// a value and not by NOT EXISTS: that PostgreSQL may answer by reading every session of the realm.)
#define FAMILY_OWNERS                                                                                        \
    " JOIN tessera.users u ON u.project_id = f.project_id AND u.user_id = f.user_id "                        \
    " JOIN tessera.organizations o ON o.project_id = f.project_id AND o.organization_id = "                  \
    "f.organization_id "
#define FAMILY_STANDS(now)                                                                                   \
    " f.revoke_time IS NULL AND f.expire_time > " now " AND NOT u.disabled AND NOT o.logins_disabled "       \
    "AND (f.offline OR (SELECT s.revoke_time FROM tessera.sessions s "                                       \
    "WHERE s.project_id = f.project_id AND s.session_id = f.session_id) IS NULL) "

// Parameters $1 to $17: of the event. The family's row says whose it is, and for what when the event does not.
#define FAMILY_EVENT(source)                                                                                 \
    "INSERT INTO tessera.audit_events (project_id, event_id, occurred, type, result, principal_kind, "       \
    "  principal_id, act_chain, client_id, session_id, ip, user_agent, target_kind, target_id, authority, "  \
    "  error_code, request_id, trace_id, body) "                                                             \
    "SELECT project_id, $1::uuid, $2::timestamptz, $3, $4, $5, user_text, $6, $7, session_text, $8, $9, "    \
    "  $10, coalesce(nullif($11, ''), resources[1]), $12, $13, $14, $15, $16 || family_text || $17 "         \
    "FROM " source

TokenFamily read_family(const pqxx::row& row);
// One scope-token of the family's.
bool has_scope(const TokenFamily& family, std::string_view scope);

// The body of an event that names its family as `"family":""`: what stands before the id, and what after.
struct FamilyEventBody {
    std::string head;
    std::string tail;
};
Result<FamilyEventBody, StoreError> split_body(const AuditRow& event);

// Runs a statement whose parameters are those of FAMILY_EVENT and then `args`.
template <class... Args>
Result<pqxx::result, StoreError> run_with_family_event(Transaction& transaction, const Statement& statement,
                                                       const AuditRow& event, const Args&... args)
{
    TRY(auto&& body, split_body(event));
    return run(transaction, statement, to_string(event.id.uuid), timestamp(event.occurred), event.type,
               event.result, event.principal_kind, event.act_chain, event.client_id, event.ip,
               event.user_agent, event.target_kind, event.target_id, event.authority, event.error_code,
               event.request_id, event.trace_id, body.head, body.tail, args...);
}

}  // namespace tessera::storage
