#include "storage/repositories/invites.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define INVITE_COLUMNS                                                                                       \
    "i.project_id, i.invite_id, i.organization_id, i.email, i.owner, "                                       \
    "(extract(epoch FROM i.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM i.update_time) * 1000000)::bigint AS update_us, "                                   \
    "(extract(epoch FROM i.expire_time) * 1000000)::bigint AS expire_us"

constexpr Statement find = {"user_invites.find", "tessera_app",
                            "SELECT " INVITE_COLUMNS " FROM tessera.user_invites i WHERE i.invite_id = $1"};
constexpr Statement list = {"user_invites.list", "tessera_app",
                            "SELECT " INVITE_COLUMNS " FROM tessera.user_invites i WHERE i.invite_id > $1 "
                            "ORDER BY i.invite_id LIMIT $2"};
constexpr Statement list_of_organization = {
    "user_invites.list_of_organization", "tessera_app",
    "SELECT " INVITE_COLUMNS " FROM tessera.user_invites i "
    "WHERE i.organization_id = $3 AND i.invite_id > $1 ORDER BY i.invite_id LIMIT $2"};
constexpr Statement put = {
    "user_invites.put", "tessera_app",
    "INSERT INTO tessera.user_invites AS i (project_id, invite_id, organization_id, email, owner, "
    "expire_time) "
    "SELECT $1::uuid, $2::uuid, $3::uuid, $4, $5, $6::timestamptz WHERE NOT EXISTS ("
    "SELECT FROM tessera.users u WHERE u.project_id = $1::uuid AND u.organization_id = $3::uuid "
    "AND u.folded_email = lower($4)) "
    "ON CONFLICT (project_id, organization_id, folded_email) DO UPDATE SET owner = excluded.owner, "
    "expire_time = excluded.expire_time, update_time = now() RETURNING " INVITE_COLUMNS};
constexpr Statement remove = {"user_invites.delete", "tessera_app",
                              "DELETE FROM tessera.user_invites WHERE invite_id = $1"};
constexpr Statement consume = {
    "user_invites.consume", "tessera_app",
    "DELETE FROM tessera.user_invites i WHERE i.organization_id = $1 AND i.folded_email = lower($2) "
    "AND i.expire_time > $3::timestamptz RETURNING " INVITE_COLUMNS};

#undef INVITE_COLUMNS

UserInvite read_invite(const pqxx::row& row)
{
    UserInvite invite;
    invite.id = UserInviteId{parse_row_uuid(row["invite_id"])};
    invite.project = ProjectId{parse_row_uuid(row["project_id"])};
    invite.organization = OrganizationId{parse_row_uuid(row["organization_id"])};
    invite.email = row["email"].as<std::string>();
    invite.owner = row["owner"].as<bool>();
    invite.create_time = parse_instant(row["create_us"]);
    invite.update_time = parse_instant(row["update_us"]);
    invite.expire_time = parse_instant(row["expire_us"]);
    return invite;
}

std::optional<UserInvite> first_invite(const pqxx::result& rows)
{
    return rows.empty() ? std::nullopt : std::optional{read_invite(rows[0])};
}

std::vector<UserInvite> read_invites(const pqxx::result& rows)
{
    std::vector<UserInvite> invites;
    for (const auto& row : rows) {
        invites.push_back(read_invite(row));
    }
    return invites;
}

}  // namespace

const std::vector<Statement>& invite_statements()
{
    static const std::vector<Statement> all = {find, list, list_of_organization, put, remove, consume};
    return all;
}

Result<std::optional<UserInvite>, StoreError> find_invite(Transaction& transaction, UserInviteId id)
{
    TRY(auto&& rows, run(transaction, find, to_string(id.uuid)));
    return first_invite(rows);
}

Result<std::vector<UserInvite>, StoreError> list_invites(Transaction& transaction,
                                                         std::optional<OrganizationId> organization,
                                                         UserInviteId after, std::size_t limit)
{
    const std::string from = to_string(after.uuid);
    TRY(auto&& rows, organization
                         ? run(transaction, list_of_organization, from, limit, to_string(organization->uuid))
                         : run(transaction, list, from, limit));
    return read_invites(rows);
}

Result<std::optional<UserInvite>, StoreError> put_invite(Transaction& transaction, ProjectId project,
                                                         const NewInvite& invite)
{
    TRY(auto&& rows,
        run(transaction, put, to_string(project.uuid), to_string(invite.id.uuid),
            to_string(invite.organization.uuid), invite.email, invite.owner, timestamp(invite.expire_time)));
    return first_invite(rows);
}

Result<bool, StoreError> delete_invite(Transaction& transaction, UserInviteId id)
{
    TRY(auto&& rows, run(transaction, remove, to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

Result<std::optional<UserInvite>, StoreError>
consume_invite(Transaction& transaction, OrganizationId organization, const std::string& email, Instant now)
{
    TRY(auto&& rows, run(transaction, consume, to_string(organization.uuid), email, timestamp(now)));
    return first_invite(rows);
}

}  // namespace tessera::storage
