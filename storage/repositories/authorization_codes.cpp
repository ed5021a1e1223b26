#include "storage/repositories/authorization_codes.hpp"

#include <algorithm>

#include "storage/repositories/revocations.hpp"
#include "storage/repositories/statements.hpp"
#include "storage/repositories/token_families_pqxx.hpp"

namespace tessera::storage {

namespace {

// What ends a session or a consent ends the families there are: it waits for this one, or this one sees that it was too late.
constexpr Statement insert = {
    "authorization_codes.insert", "tessera_app",
    "WITH session AS (SELECT FROM tessera.sessions WHERE session_id = $6::uuid AND revoke_time IS NULL "
    "  AND expire_time > $18::timestamptz FOR SHARE), "
    "consent AS (SELECT FROM tessera.grants WHERE grant_id = nullif($7, '')::uuid FOR SHARE), "
    "family AS (INSERT INTO tessera.token_families (project_id, family_id, client_id, user_id, "
    "  organization_id, session_id, grant_id, redirect_uri, scope, resources, nonce, claims, auth_time, amr, "
    "  acr, auth_time_asked, offline, create_time, expire_time, family_text, user_text, session_text) "
    "  SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::uuid, nullif($7, '')::uuid, $8, $9, "
    "  $10::text[], nullif($11, ''), nullif($12, ''), $13::timestamptz, $14::text[], $15, $16::boolean, "
    "  $17::boolean, $18::timestamptz, $19::timestamptz, $20, $21, $22 FROM session "
    "  WHERE $7 = '' OR EXISTS (SELECT FROM consent) RETURNING project_id, family_id, client_id) "
    "INSERT INTO tessera.authorization_codes (project_id, digest, family_id, client_id, code_challenge, "
    "expire_time) SELECT project_id, $23::bytea, family_id, client_id, nullif($24, ''), $25::timestamptz "
    "FROM family"};

// $1 to $17 are the event's (token_families_pqxx.hpp), $18 is now.
constexpr Statement redeem = {
    "authorization_codes.redeem", "tessera_app",
    "WITH code AS (UPDATE tessera.authorization_codes c SET used_time = $18::timestamptz "
    "  FROM tessera.token_families f " FAMILY_OWNERS
    "  WHERE c.digest = $19::bytea AND c.client_id = $20::uuid AND c.used_time IS NULL "
    "  AND c.expire_time > $18::timestamptz AND c.code_challenge IS NOT DISTINCT FROM nullif($21, '') "
    "  AND f.project_id = c.project_id AND f.family_id = c.family_id "
    "  AND (f.redirect_uri = $22 OR ($22 = '' AND c.code_challenge IS NOT NULL)) "
    "  AND ($23::text[] <@ f.resources OR ($23::text[] <@ (f.resources || $24::text) "
    "    AND 'openid' = ANY (string_to_array(f.scope, ' ')))) AND" FAMILY_STANDS(
        "$18::timestamptz") "RETURNING " FAMILY_COLUMNS
                            "), redeemed AS (SELECT code.*, CASE WHEN code.offline THEN $25::timestamptz "
                            "  ELSE least($25::timestamptz, coalesce(s.expire_time, $18::timestamptz)) END "
                            "AS ends FROM code "
                            "  LEFT JOIN tessera.sessions s ON s.project_id = code.project_id AND "
                            "s.session_id = code.session_id"
                            "), lengthened AS (UPDATE tessera.token_families f SET expire_time = "
                            "redeemed.ends FROM redeemed "
                            "  WHERE f.project_id = redeemed.project_id AND f.family_id = redeemed.family_id"
                            "), refresh AS (INSERT INTO tessera.refresh_tokens (project_id, digest, "
                            "family_id, create_time, "
                            "  expire_time) SELECT project_id, $26::bytea, family_id, $18::timestamptz, "
                            "least(ends, $27::timestamptz)"
                            "  FROM redeemed WHERE $26::bytea IS NOT NULL"
                            "), holder AS (INSERT INTO tessera.session_clients (project_id, session_id, "
                            "client_id) "
                            "  SELECT r.project_id, r.session_id, r.client_id FROM redeemed r JOIN "
                            "tessera.sessions s "
                            "  ON s.project_id = r.project_id AND s.session_id = r.session_id ON CONFLICT DO "
                            "NOTHING"
                            "), event AS (" FAMILY_EVENT("redeemed") ") SELECT " FAMILY_RESULT(
                                "redeemed") " FROM redeemed"};

constexpr Statement find = {
    "authorization_codes.find", "tessera_app",
    "SELECT " FAMILY_RESULT(
        "f") ", c.client_id AS code_client_id, c.code_challenge, "
             "c.used_time IS NOT NULL AS used, (extract(epoch FROM c.expire_time) * 1000000)::bigint AS "
             "code_expire_us FROM tessera.authorization_codes c JOIN tessera.token_families f USING "
             "(project_id, "
             "family_id) WHERE c.digest = $1::bytea"};

constexpr Statement release = {
    "authorization_codes.release", "tessera_app",
    "WITH refresh AS (UPDATE tessera.refresh_tokens SET expire_time = $2::timestamptz "
    "  WHERE digest = $3::bytea) "
    "UPDATE tessera.authorization_codes SET used_time = NULL WHERE digest = $1::bytea AND used_time = "
    "$2::timestamptz"};

std::optional<std::string> digest_literal(const std::optional<Sha256>& digest)
{
    return digest ? std::optional{bytes_literal(ByteView{*digest})} : std::nullopt;
}

bool is_authorized(const TokenFamily& family, const Redemption& redemption)
{
    const bool has_openid = has_scope(family, "openid");
    return std::ranges::all_of(redemption.resources, [&](const std::string& resource) {
        return (has_openid && resource == redemption.own_api)
               || std::ranges::find(family.resources, resource) != family.resources.end();
    });
}

// The order of RFC 6749 §5.2's questions: whose it is, whether the presenter is who began, what it is for.
CodeFault fault_of(const pqxx::row& row, const TokenFamily& family, const Redemption& redemption)
{
    if (ClientId{parse_row_uuid(row["code_client_id"])} != redemption.client) {
        return CodeFault::foreign_client;
    }
    if (row["code_challenge"].as<std::string>("") != redemption.code_challenge) {
        return CodeFault::verifier;
    }
    if (row["used"].as<bool>()) {
        return CodeFault::replayed;
    }
    if (parse_instant(row["code_expire_us"]) <= redemption.now) {
        return CodeFault::expired;
    }
    const bool may_be_left_out = !redemption.code_challenge.empty();
    if (redemption.redirect_uri != family.redirect_uri
        && !(may_be_left_out && redemption.redirect_uri.empty())) {
        return CodeFault::redirect_uri;
    }
    return is_authorized(family, redemption) ? CodeFault::ended : CodeFault::resource;
}

}  // namespace

const std::vector<Statement>& authorization_code_statements()
{
    static const std::vector<Statement> all = {insert, redeem, find, release};
    return all;
}

Result<bool, StoreError> insert_authorization_code(Transaction& transaction, ProjectId project,
                                                   const TokenFamily& family,
                                                   const std::optional<GrantId>& grant, const NewCode& code)
{
    TRY(auto&& rows,
        run(transaction, insert, to_string(project.uuid), to_string(family.id.uuid),
            to_string(family.client.uuid), to_string(family.user.uuid), to_string(family.organization.uuid),
            to_string(family.session.uuid), grant ? to_string(grant->uuid) : std::string{},
            family.redirect_uri, family.scope, array_literal(family.resources), or_empty(family.nonce),
            or_empty(family.claims), timestamp(family.auth_time), array_literal(family.amr), family.acr,
            family.auth_time_asked, family.offline, timestamp(family.create_time),
            timestamp(family.expire_time), family.id.to_string(), family.user.to_string(),
            family.session.to_string(), bytes_literal(ByteView{code.digest}), or_empty(code.code_challenge),
            timestamp(code.expire_time)));
    return rows.affected_rows() == 1;
}

Result<Redeemed, StoreError> redeem_authorization_code(Transaction& transaction, const Redemption& redemption,
                                                       const AuditRow& event)
{
    TRY(auto&& rows,
        run_with_family_event(
            transaction, redeem, event, timestamp(redemption.now), bytes_literal(ByteView{redemption.digest}),
            to_string(redemption.client.uuid), redemption.code_challenge, redemption.redirect_uri,
            array_literal(redemption.resources), redemption.own_api, timestamp(redemption.family_expire_time),
            digest_literal(redemption.refresh_token), timestamp(redemption.refresh_expire_time)));
    if (!rows.empty()) {
        return Redeemed{.family = read_family(rows[0])};
    }
    TRY(auto&& found, run(transaction, find, bytes_literal(ByteView{redemption.digest})));
    if (found.empty()) {
        return Redeemed{.fault = CodeFault::unknown};
    }
    TokenFamily family = read_family(found[0]);
    const CodeFault fault = fault_of(found[0], family, redemption);
    if (fault != CodeFault::replayed) {
        return Redeemed{.fault = fault};
    }
    TRY(const bool revoked, end_family(transaction, family.id, "authorization code used again"));
    return Redeemed{.fault = fault, .revoked = revoked ? std::optional{std::move(family)} : std::nullopt};
}

Result<void, StoreError> release_authorization_code(Transaction& transaction, const Redemption& redemption)
{
    TRY(run(transaction, release, bytes_literal(ByteView{redemption.digest}), timestamp(redemption.now),
            digest_literal(redemption.refresh_token)));
    return ok();
}

}  // namespace tessera::storage
