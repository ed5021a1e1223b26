#include "storage/repositories/refresh_tokens.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/assert.hpp"
#include "storage/repositories/array_column.hpp"
#include "storage/repositories/revocations.hpp"
#include "storage/repositories/statements.hpp"
#include "storage/repositories/token_families_pqxx.hpp"

namespace tessera::storage {

namespace {

// A token `r` of a family `f` may be refreshed for this.
#define REFRESH_ALLOWED(digest_, client_, scopes_, resources_, own_api_, now_)                               \
    " r.digest = " digest_ " AND f.project_id = r.project_id AND f.family_id = r.family_id "                 \
    "AND f.client_id = " client_ " AND r.expire_time > " now_ " "                                            \
    "AND " scopes_ " <@ string_to_array(f.scope, ' ') "                                                      \
    "AND (" resources_ " <@ f.resources OR (" resources_ " <@ (f.resources || " own_api_ ") "                \
    "  AND 'openid' = ANY (string_to_array(f.scope, ' ')))) AND" FAMILY_STANDS(now_)

// $1 to $17 are the event's (token_families_pqxx.hpp), $18 is now, $19 the presented token's digest, $20 the client, $21 the
// scopes, $22 the resources, $23 the realm's own API.
#define ONE_REFRESH_ALLOWED                                                                                  \
    REFRESH_ALLOWED("$19::bytea", "$20::uuid", "$21::text[]", "$22::text[]", "$23::text", "$18::timestamptz")

// The same parameters for many, an array each; $24 the successors' digests, $25 what they are sealed in, $26 their ends. Of two
// entries with one token one is taken. Neither a scope-token nor a URI holds a space.
constexpr Statement rotate = {
    "refresh_tokens.rotate", "tessera_app",
    "WITH asked AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], "
    "  $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], "
    "  $14::text[], $15::text[], $16::text[], $17::text[], $18::timestamptz[], $19::bytea[], $20::uuid[], "
    "  $21::text[], $22::text[], $23::text[], $24::bytea[], $25::bytea[], $26::timestamptz[]) "
    "  WITH ORDINALITY AS a (event_id, occurred, type, result, principal_kind, act_chain, event_client_id, "
    "  ip, user_agent, target_kind, target_id, authority, error_code, request_id, trace_id, body_head, "
    "  body_tail, asked_time, digest, asked_client_id, scopes, asked_resources, own_api, successor_digest, "
    "  successor_sealed, successor_expire_time, number)"
    "), presented AS (UPDATE tessera.refresh_tokens r SET rotate_time = a.asked_time, "
    "  successor_digest = a.successor_digest, successor_sealed = a.successor_sealed "
    "  FROM asked a, tessera.token_families f " FAMILY_OWNERS
    "  WHERE r.rotate_time IS NULL AND" REFRESH_ALLOWED(
        "a.digest", "a.asked_client_id", "string_to_array(a.scopes, ' ')",
        "string_to_array(a.asked_resources, ' ')", "a.own_api",
        "a.asked_time") "  RETURNING " FAMILY_COLUMNS ", a.*"
                        "), successor AS (INSERT INTO tessera.refresh_tokens (project_id, digest, family_id, "
                        "create_time, "
                        "  expire_time) SELECT project_id, successor_digest, family_id, asked_time, "
                        "  least(expire_time, successor_expire_time) FROM presented"
                        "), event AS (INSERT INTO tessera.audit_events (project_id, event_id, occurred, "
                        "type, result, "
                        "  principal_kind, principal_id, act_chain, client_id, session_id, ip, user_agent, "
                        "target_kind, "
                        "  target_id, authority, error_code, request_id, trace_id, body) "
                        "  SELECT project_id, event_id, occurred, type, result, principal_kind, user_text, "
                        "act_chain, "
                        "  event_client_id, session_text, ip, user_agent, target_kind, "
                        "coalesce(nullif(target_id, ''), "
                        "  resources[1]), authority, error_code, request_id, trace_id, body_head || "
                        "family_text || body_tail "
                        "  FROM presented) SELECT number, " FAMILY_RESULT("presented") " FROM presented"};
constexpr std::size_t rotate_columns = 26;

// For the rest of the transaction: one plan for any number of rows, made once, that goes by the indexes. Left to itself PostgreSQL
// plans each batch anew, which costs more than to run it, or reads whole tables as long as they were small when it planned
// (docs/adr/0108-rotations-share-a-commit.md).
constexpr Statement plan_once = {
    "refresh_tokens.plan_once", "tessera_app",
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), "
    "set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), "
    "set_config('enable_mergejoin', 'off', true)"};

constexpr Statement lengthen = {
    "refresh_tokens.lengthen", "tessera_app",
    "WITH presented AS (UPDATE tessera.refresh_tokens r SET expire_time = least(f.expire_time, "
    "  $24::timestamptz) FROM tessera.token_families f " FAMILY_OWNERS
    "  WHERE r.rotate_time IS NULL AND" ONE_REFRESH_ALLOWED "  RETURNING " FAMILY_COLUMNS
    "), event AS (" FAMILY_EVENT("presented") ") SELECT " FAMILY_RESULT("presented") " FROM presented"};

// $24 is the instant before which a rotation is past its grace.
constexpr Statement recall = {
    "refresh_tokens.recall", "tessera_app",
    "WITH presented AS (SELECT " FAMILY_COLUMNS ", r.successor_sealed FROM tessera.refresh_tokens r "
    "  JOIN tessera.refresh_tokens n ON n.project_id = r.project_id AND n.digest = r.successor_digest "
    "  JOIN tessera.token_families f ON f.project_id = r.project_id AND f.family_id = "
    "r.family_id " FAMILY_OWNERS
    "  WHERE r.rotate_time > $24::timestamptz AND n.rotate_time IS NULL AND n.expire_time > $18::timestamptz "
    "  AND" ONE_REFRESH_ALLOWED "), event AS (" FAMILY_EVENT("presented") ") SELECT " FAMILY_RESULT(
        "presented") ", presented.successor_sealed FROM presented"};

constexpr Statement find = {
    "refresh_tokens.find", "tessera_app",
    "SELECT " FAMILY_RESULT(
        "f") ", r.rotate_time IS NOT NULL AND (r.rotate_time <= $2::timestamptz OR "
             "n.rotate_time IS NOT NULL) AS reused, "
             "(extract(epoch FROM r.expire_time) * 1000000)::bigint AS token_expire_us "
             "FROM tessera.refresh_tokens r JOIN tessera.token_families f USING (project_id, family_id) "
             "LEFT JOIN tessera.refresh_tokens n ON n.project_id = r.project_id AND n.digest = "
             "r.successor_digest "
             "WHERE r.digest = $1::bytea"};

// A rotation in the future is within its grace whatever the time is.
constexpr Statement release = {"refresh_tokens.release", "tessera_app",
                               "UPDATE tessera.refresh_tokens SET rotate_time = expire_time "
                               "WHERE digest = $1::bytea AND rotate_time IS NOT NULL"};

#undef ONE_REFRESH_ALLOWED
#undef REFRESH_ALLOWED

using Columns = std::array<ArrayColumn, rotate_columns>;

Result<void, StoreError> add_entry(Columns& column, const Rotation& rotation)
{
    const Refresh& refresh = rotation.refresh;
    const AuditRow& event = rotation.event;
    ASSERT(refresh.successor.has_value());
    TRY(const FamilyEventBody body, split_body(event));
    std::size_t at = 0;
    column[at++].add(to_string(event.id.uuid));
    column[at++].add(timestamp(event.occurred));
    for (const std::string* text :
         {&event.type, &event.result, &event.principal_kind, &event.act_chain, &event.client_id, &event.ip,
          &event.user_agent, &event.target_kind, &event.target_id, &event.authority, &event.error_code,
          &event.request_id, &event.trace_id, &body.head, &body.tail}) {
        column[at++].add(*text);
    }
    column[at++].add(timestamp(refresh.now));
    column[at++].add(bytes_literal(ByteView{refresh.digest}));
    column[at++].add(to_string(refresh.client.uuid));
    column[at++].add(fmt::format("{}", fmt::join(refresh.scopes, " ")));
    column[at++].add(fmt::format("{}", fmt::join(refresh.resources, " ")));
    column[at++].add(refresh.own_api);
    column[at++].add(bytes_literal(ByteView{refresh.successor->digest}));
    column[at++].add(bytes_literal(ByteView{refresh.successor->sealed}));
    column[at++].add(timestamp(refresh.idle_expire_time));
    ASSERT(at == column.size());
    return ok();
}

template <std::size_t... I>
Result<pqxx::result, StoreError> run_columns(Transaction& transaction, const Statement& statement,
                                             Columns& column, std::index_sequence<I...>)
{
    return run(transaction, statement, column[I].finish()...);
}

bool contains(const std::vector<std::string>& texts, const std::string& text)
{
    return std::ranges::find(texts, text) != texts.end();
}

RefreshFault fault_of(const pqxx::row& row, const TokenFamily& family, const Refresh& refresh)
{
    if (family.client != refresh.client) {
        return RefreshFault::foreign_client;
    }
    if (row["reused"].as<bool>()) {
        return RefreshFault::reused;
    }
    if (parse_instant(row["token_expire_us"]) <= refresh.now || family.expire_time <= refresh.now) {
        return RefreshFault::expired;
    }
    if (!std::ranges::all_of(refresh.scopes,
                             [&](const std::string& scope) { return has_scope(family, scope); })) {
        return RefreshFault::scope;
    }
    const bool has_openid = has_scope(family, "openid");
    const auto is_authorized = [&](const std::string& uri) {
        return contains(family.resources, uri) || (has_openid && uri == refresh.own_api);
    };
    return std::ranges::all_of(refresh.resources, is_authorized) ? RefreshFault::ended
                                                                 : RefreshFault::resource;
}

Result<Refreshed, StoreError> explain(Transaction& transaction, const Refresh& refresh)
{
    TRY(auto&& found, run(transaction, find, bytes_literal(ByteView{refresh.digest}),
                          timestamp(refresh.now - refresh.grace)));
    if (found.empty()) {
        return Refreshed{.fault = RefreshFault::unknown};
    }
    TokenFamily family = read_family(found[0]);
    const RefreshFault fault = fault_of(found[0], family, refresh);
    if (fault != RefreshFault::reused) {
        return Refreshed{.fault = fault};
    }
    TRY(const bool revoked, end_family(transaction, family.id, "refresh token used again"));
    return Refreshed{.fault = fault, .revoked = revoked ? std::optional{std::move(family)} : std::nullopt};
}

}  // namespace

const std::vector<Statement>& refresh_token_statements()
{
    static const std::vector<Statement> all = {plan_once, rotate, lengthen, recall, find, release};
    return all;
}

Result<std::vector<std::optional<TokenFamily>>, StoreError>
rotate_refresh_tokens(Transaction& transaction, const std::vector<Rotation>& rotations)
{
    // In the order of their digests: two batches with the same tokens then never wait for each other crosswise.
    std::vector<const Rotation*> ordered;
    ordered.reserve(rotations.size());
    for (const Rotation& rotation : rotations) {
        ordered.push_back(&rotation);
    }
    std::ranges::sort(ordered, {}, [](const Rotation* rotation) { return rotation->refresh.digest; });
    Columns column;
    for (const Rotation* rotation : ordered) {
        TRY(add_entry(column, *rotation));
    }
    TRY(auto&& rows, run_columns(transaction, rotate, column, std::make_index_sequence<rotate_columns>{}));
    std::vector<std::optional<TokenFamily>> families(rotations.size());
    for (const auto& row : rows) {
        const Rotation* rotated = ordered.at(row["number"].as<std::size_t>() - 1);
        families[static_cast<std::size_t>(rotated - rotations.data())] = read_family(row);
    }
    return families;
}

Result<Refreshed, StoreError> refresh_token_family(Transaction& transaction, const Refresh& refresh,
                                                   const AuditRow& event)
{
    const auto attempt = [&](const Statement& statement, const auto&... more) {
        return run_with_family_event(transaction, statement, event, timestamp(refresh.now),
                                     bytes_literal(ByteView{refresh.digest}), to_string(refresh.client.uuid),
                                     array_literal(refresh.scopes), array_literal(refresh.resources),
                                     refresh.own_api, more...);
    };
    if (!refresh.successor) {
        TRY(auto&& rows, attempt(lengthen, timestamp(refresh.idle_expire_time)));
        if (!rows.empty()) {
            return Refreshed{.family = read_family(rows[0])};
        }
        return explain(transaction, refresh);
    }
    TRY(auto&& rotated, rotate_refresh_tokens(transaction, {{refresh, event}}));
    if (rotated[0]) {
        return Refreshed{.family = std::move(rotated[0])};
    }
    TRY(auto&& recalled, attempt(recall, timestamp(refresh.now - refresh.grace)));
    if (!recalled.empty()) {
        return Refreshed{.family = read_family(recalled[0]),
                         .successor_sealed = parse_bytes(recalled[0]["successor_sealed"])};
    }
    return explain(transaction, refresh);
}

Result<void, StoreError> release_refresh_token(Transaction& transaction, const Sha256& digest)
{
    TRY(run(transaction, release, bytes_literal(ByteView{digest})));
    return ok();
}

}  // namespace tessera::storage
