#include "storage/repositories/revocations.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

// A family that is gone was deleted with its user or its client, or long after it expired.
constexpr Statement standing = {
    "revocations.standing", "tessera_app",
    "SELECT (EXISTS (SELECT FROM tessera.revoked_access_tokens WHERE jti = $1) "
    "OR c.client_id IS NULL OR c.disabled "
    "OR ($3 <> '' AND (f.family_id IS NULL OR f.revoke_time IS NOT NULL OR u.user_id IS NULL OR u.disabled "
    "OR o.logins_disabled OR (NOT f.offline AND (s.session_id IS NULL OR s.revoke_time IS NOT NULL))))) AS "
    "ended, "
    "f.user_id, f.organization_id, f.session_id, f.offline, f.claims IS NOT NULL AS has_claims, "
    "(extract(epoch FROM least(f.expire_time, s.expire_time)) * 1000000)::bigint AS expire_us "
    "FROM (SELECT 1) AS one "
    "LEFT JOIN tessera.clients c ON c.client_id = $2 "
    "LEFT JOIN tessera.token_families f ON f.family_id = nullif($3, '')::uuid "
    "LEFT JOIN tessera.sessions s ON s.session_id = f.session_id AND NOT f.offline "
    "LEFT JOIN tessera.users u ON u.user_id = f.user_id "
    "LEFT JOIN tessera.organizations o ON o.organization_id = u.organization_id"};
constexpr Statement revoke_token = {
    "revocations.revoke_token", "tessera_app",
    "INSERT INTO tessera.revoked_access_tokens (project_id, jti, expire_time) "
    "VALUES ($1, $2, $3::timestamptz) ON CONFLICT (project_id, jti) DO NOTHING"};
constexpr Statement refresh_owner = {
    "revocations.refresh_owner", "tessera_app",
    "SELECT f.family_id, f.client_id FROM tessera.refresh_tokens r "
    "JOIN tessera.token_families f ON f.family_id = r.family_id WHERE r.digest = $1::bytea"};
constexpr Statement end_one_family = {
    "revocations.end_family", "tessera_app",
    "UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = $2 "
    "WHERE family_id = $1 AND revoke_time IS NULL"};
constexpr Statement end_of_client = {
    "revocations.end_of_client", "tessera_app",
    "UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = $3 "
    "WHERE user_id = $1 AND client_id = $2 AND revoke_time IS NULL"};
constexpr Statement end_of_user = {
    "revocations.end_of_user", "tessera_app",
    "UPDATE tessera.token_families SET revoke_time = now(), revoke_reason = $2 "
    "WHERE user_id = $1 AND revoke_time IS NULL"};

}  // namespace

const std::vector<Statement>& revocation_statements()
{
    static const std::vector<Statement> all = {standing,       revoke_token,  refresh_owner,
                                               end_one_family, end_of_client, end_of_user};
    return all;
}

Result<Standing, StoreError> find_standing(Transaction& transaction, const std::string& jti, ClientId client,
                                           std::optional<TokenFamilyId> family)
{
    TRY(auto&& rows, run(transaction, standing, jti, to_string(client.uuid),
                         family ? to_string(family->uuid) : std::string{}));
    const auto& row = rows[0];
    Standing found;
    found.ended = row["ended"].as<bool>();
    if (!row["user_id"].is_null()) {
        found.user = UserId{parse_row_uuid(row["user_id"])};
        found.organization = OrganizationId{parse_row_uuid(row["organization_id"])};
        found.session = SessionId{parse_row_uuid(row["session_id"])};
        found.offline = row["offline"].as<bool>();
        found.has_claims_parameter = row["has_claims"].as<bool>();
        found.expire_time = parse_instant(row["expire_us"]);
    }
    return found;
}

Result<void, StoreError> revoke_access_token(Transaction& transaction, ProjectId project,
                                             const std::string& jti, Instant expire_time)
{
    TRY(run(transaction, revoke_token, to_string(project.uuid), jti, timestamp(expire_time)));
    return ok();
}

Result<std::optional<RefreshTokenOwner>, StoreError> find_refresh_token_owner(Transaction& transaction,
                                                                              const Sha256& digest)
{
    TRY(auto&& rows, run(transaction, refresh_owner, bytes_literal(ByteView{digest})));
    if (rows.empty()) {
        return std::optional<RefreshTokenOwner>{};
    }
    const auto& row = rows[0];
    return std::optional{RefreshTokenOwner{TokenFamilyId{parse_row_uuid(row["family_id"])},
                                           ClientId{parse_row_uuid(row["client_id"])}}};
}

Result<bool, StoreError> end_family(Transaction& transaction, TokenFamilyId family, const std::string& reason)
{
    TRY(auto&& rows, run(transaction, end_one_family, to_string(family.uuid), reason));
    return rows.affected_rows() == 1;
}

Result<std::size_t, StoreError> end_families_of_client(Transaction& transaction, UserId user, ClientId client,
                                                       const std::string& reason)
{
    TRY(auto&& rows, run(transaction, end_of_client, to_string(user.uuid), to_string(client.uuid), reason));
    return static_cast<std::size_t>(rows.affected_rows());
}

Result<void, StoreError> end_families_of(Transaction& transaction, UserId user, const std::string& reason)
{
    TRY(run(transaction, end_of_user, to_string(user.uuid), reason));
    return ok();
}

}  // namespace tessera::storage
