#include "storage/repositories/grants.hpp"

#include <boost/json/parse.hpp>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define GRANT_COLUMNS                                                                                        \
    "g.grant_id, g.user_id, g.client_id, (extract(epoch FROM g.create_time) * 1000000)::bigint AS "          \
    "create_us, (extract(epoch FROM g.update_time) * 1000000)::bigint AS update_us, "                        \
    "(SELECT coalesce(json_agg(json_build_array(s.resource, s.scope) ORDER BY s.resource COLLATE \"C\", "    \
    "  s.scope COLLATE \"C\"), '[]') FROM tessera.grant_scopes s WHERE s.project_id = g.project_id "         \
    "  AND s.grant_id = g.grant_id) AS scopes FROM tessera.grants g "

constexpr Statement find = {"grants.find", "tessera_app",
                            "SELECT " GRANT_COLUMNS "WHERE g.user_id = $1 AND g.client_id = $2"};
constexpr Statement list = {"grants.list", "tessera_app",
                            "SELECT " GRANT_COLUMNS "WHERE g.user_id = $1 ORDER BY g.update_time DESC, "
                            "g.grant_id"};
constexpr Statement remember = {
    "grants.remember", "tessera_app",
    "INSERT INTO tessera.grants (project_id, grant_id, user_id, client_id, create_time, update_time) "
    "VALUES ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz) "
    "ON CONFLICT (project_id, user_id, client_id) DO UPDATE SET update_time = excluded.update_time "
    "RETURNING grant_id"};
constexpr Statement remember_scopes = {
    "grant_scopes.remember", "tessera_app",
    "INSERT INTO tessera.grant_scopes (project_id, grant_id, resource, scope) SELECT $1::uuid, $2::uuid, "
    "resource, scope FROM unnest($3::text[], $4::text[]) AS allowed (resource, scope) "
    "ON CONFLICT DO NOTHING"};
constexpr Statement remove = {"grants.delete", "tessera_app",
                              "DELETE FROM tessera.grants WHERE user_id = $1 AND client_id = $2"};

#undef GRANT_COLUMNS

Grant read_grant(const pqxx::row& row)
{
    Grant grant;
    grant.id = GrantId{parse_row_uuid(row["grant_id"])};
    grant.user = UserId{parse_row_uuid(row["user_id"])};
    grant.client = ClientId{parse_row_uuid(row["client_id"])};
    grant.create_time = parse_instant(row["create_us"]);
    grant.update_time = parse_instant(row["update_us"]);
    const json::value scopes = json::parse(row["scopes"].c_str());
    for (const json::value& pair : scopes.as_array()) {
        const json::array& each = pair.as_array();
        ASSERT(each.size() == 2);
        grant.scopes.push_back({std::string{each[0].as_string()}, std::string{each[1].as_string()}});
    }
    return grant;
}

}  // namespace

const std::vector<Statement>& grant_statements()
{
    static const std::vector<Statement> all = {find, list, remember, remember_scopes, remove};
    return all;
}

Result<std::optional<Grant>, StoreError> find_grant(Transaction& transaction, UserId user, ClientId client)
{
    TRY(auto&& rows, run(transaction, find, to_string(user.uuid), to_string(client.uuid)));
    return rows.empty() ? std::nullopt : std::optional{read_grant(rows[0])};
}

Result<std::vector<Grant>, StoreError> list_grants(Transaction& transaction, UserId user)
{
    TRY(auto&& rows, run(transaction, list, to_string(user.uuid)));
    std::vector<Grant> grants;
    for (const auto& row : rows) {
        grants.push_back(read_grant(row));
    }
    return grants;
}

Result<GrantId, StoreError> remember_grant(Transaction& transaction, ProjectId project, UserId user,
                                           ClientId client, const std::vector<GrantedScope>& scopes,
                                           Instant now)
{
    TRY(auto&& rows, run(transaction, remember, to_string(project.uuid), to_string(GrantId::at(now).uuid),
                         to_string(user.uuid), to_string(client.uuid), timestamp(now)));
    const GrantId id{parse_row_uuid(rows[0]["grant_id"])};
    std::vector<std::string> resources;
    std::vector<std::string> names;
    for (const GrantedScope& each : scopes) {
        resources.push_back(each.resource);
        names.push_back(each.scope);
    }
    TRY(run(transaction, remember_scopes, to_string(project.uuid), to_string(id.uuid),
            array_literal(resources), array_literal(names)));
    return id;
}

Result<bool, StoreError> delete_grant(Transaction& transaction, UserId user, ClientId client)
{
    TRY(auto&& rows, run(transaction, remove, to_string(user.uuid), to_string(client.uuid)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
