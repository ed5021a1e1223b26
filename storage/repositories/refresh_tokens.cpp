#include "storage/repositories/refresh_tokens.hpp"

#include <algorithm>

#include "storage/repositories/revocations.hpp"
#include "storage/repositories/statements.hpp"
#include "storage/repositories/token_families_pqxx.hpp"

namespace tessera::storage {

namespace {

// $1 to $17 are the event's (token_families_pqxx.hpp), $18 is now, $19 the presented token's digest, $20 the client, $21 the
// scopes, $22 the resources, $23 the realm's own API.
#define REFRESH_ALLOWED                                                                                      \
    " r.digest = $19::bytea AND f.project_id = r.project_id AND f.family_id = r.family_id "                  \
    "AND f.client_id = $20::uuid AND r.expire_time > $18::timestamptz "                                      \
    "AND $21::text[] <@ string_to_array(f.scope, ' ') "                                                      \
    "AND ($22::text[] <@ f.resources OR ($22::text[] <@ (f.resources || $23::text) "                         \
    "  AND 'openid' = ANY (string_to_array(f.scope, ' ')))) AND" FAMILY_STANDS

constexpr Statement rotate = {
    "refresh_tokens.rotate", "tessera_app",
    "WITH presented AS (UPDATE tessera.refresh_tokens r SET rotate_time = $18::timestamptz, "
    "  successor_digest = $24::bytea, successor_sealed = $25::bytea "
    "  FROM tessera.token_families f " FAMILY_OWNERS "  WHERE r.rotate_time IS NULL AND" REFRESH_ALLOWED
    "  RETURNING " FAMILY_COLUMNS
    "), successor AS (INSERT INTO tessera.refresh_tokens (project_id, digest, family_id, create_time, "
    "  expire_time) SELECT project_id, $24::bytea, family_id, $18::timestamptz, least(expire_time, "
    "  $26::timestamptz) FROM presented"
    "), event AS (" FAMILY_EVENT("presented") ") SELECT " FAMILY_RESULT("presented") " FROM presented"};

constexpr Statement lengthen = {
    "refresh_tokens.lengthen", "tessera_app",
    "WITH presented AS (UPDATE tessera.refresh_tokens r SET expire_time = least(f.expire_time, "
    "  $24::timestamptz) FROM tessera.token_families f " FAMILY_OWNERS
    "  WHERE r.rotate_time IS NULL AND" REFRESH_ALLOWED "  RETURNING " FAMILY_COLUMNS
    "), event AS (" FAMILY_EVENT("presented") ") SELECT " FAMILY_RESULT("presented") " FROM presented"};

// $24 is the instant before which a rotation is past its grace.
constexpr Statement recall = {
    "refresh_tokens.recall", "tessera_app",
    "WITH presented AS (SELECT " FAMILY_COLUMNS ", r.successor_sealed FROM tessera.refresh_tokens r "
    "  JOIN tessera.refresh_tokens n ON n.project_id = r.project_id AND n.digest = r.successor_digest "
    "  JOIN tessera.token_families f ON f.project_id = r.project_id AND f.family_id = "
    "r.family_id " FAMILY_OWNERS
    "  WHERE r.rotate_time > $24::timestamptz AND n.rotate_time IS NULL AND n.expire_time > $18::timestamptz "
    "  AND" REFRESH_ALLOWED "), event AS (" FAMILY_EVENT("presented") ") SELECT " FAMILY_RESULT(
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

#undef REFRESH_ALLOWED

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
    static const std::vector<Statement> all = {rotate, lengthen, recall, find, release};
    return all;
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
    TRY(auto&& rows,
        attempt(rotate, bytes_literal(ByteView{refresh.successor->digest}),
                bytes_literal(ByteView{refresh.successor->sealed}), timestamp(refresh.idle_expire_time)));
    if (!rows.empty()) {
        return Refreshed{.family = read_family(rows[0])};
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
