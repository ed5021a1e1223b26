#include "storage/repositories/resources.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

// Scopes travel as two arrays in the same order.
#define RESOURCE_COLUMNS                                                                                     \
    "r.project_id, r.resource_id, r.uri, r.normalized_uri, r.display_name, r.revision, "                     \
    "r.introspection_client_id, "                                                                            \
    "(extract(epoch FROM r.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM r.update_time) * 1000000)::bigint AS update_us, "                                   \
    "(SELECT array_agg(s.name ORDER BY s.name COLLATE \"C\") FROM tessera.resource_scopes s "                \
    "WHERE s.project_id = r.project_id AND s.resource_id = r.resource_id) AS scope_names, "                  \
    "(SELECT array_agg(s.description ORDER BY s.name COLLATE \"C\") FROM tessera.resource_scopes s "         \
    "WHERE s.project_id = r.project_id AND s.resource_id = r.resource_id) AS scope_descriptions"

constexpr Statement find = {"resources.find", "tessera_app",
                            "SELECT " RESOURCE_COLUMNS " FROM tessera.resources r WHERE r.resource_id = $1"};
constexpr Statement find_by_uri = {"resources.find_by_uri", "tessera_app",
                                   "SELECT " RESOURCE_COLUMNS
                                   " FROM tessera.resources r WHERE r.normalized_uri = $1"};
constexpr Statement list = {"resources.list", "tessera_app",
                            "SELECT " RESOURCE_COLUMNS " FROM tessera.resources r WHERE r.resource_id > $1 "
                            "ORDER BY r.resource_id LIMIT $2"};
constexpr Statement insert = {
    "resources.insert", "tessera_app",
    "INSERT INTO tessera.resources AS r (project_id, resource_id, uri, normalized_uri, "
    "display_name) VALUES ($1, $2, $3, $4, $5) RETURNING " RESOURCE_COLUMNS};
constexpr Statement update = {
    "resources.update", "tessera_app",
    "UPDATE tessera.resources SET display_name = $2, update_time = now(), "
    "revision = revision + 1 WHERE resource_id = $1 AND ($3::bigint = 0 OR revision = $4)"};
constexpr Statement set_client = {
    "resources.set_introspection_client", "tessera_app",
    "UPDATE tessera.resources SET introspection_client_id = nullif($2, '')::uuid WHERE resource_id = $1"};
constexpr Statement remove = {"resources.delete", "tessera_app",
                              "DELETE FROM tessera.resources WHERE resource_id = $1"};
constexpr Statement put = {"resource_scopes.put", "tessera_app",
                           "INSERT INTO tessera.resource_scopes (project_id, resource_id, name, description) "
                           "VALUES ($1, $2, $3, $4) ON CONFLICT (project_id, resource_id, name) "
                           "DO UPDATE SET description = excluded.description"};
constexpr Statement remove_scope = {
    "resource_scopes.delete", "tessera_app",
    "DELETE FROM tessera.resource_scopes WHERE resource_id = $1 AND name = $2"};

#undef RESOURCE_COLUMNS

Resource read_resource(const pqxx::row& row)
{
    Resource resource;
    resource.id = ResourceId{parse_row_uuid(row["resource_id"])};
    resource.project = ProjectId{parse_row_uuid(row["project_id"])};
    resource.uri = row["uri"].as<std::string>();
    resource.normalized_uri = row["normalized_uri"].as<std::string>();
    resource.display_name = row["display_name"].as<std::string>();
    if (!row["introspection_client_id"].is_null()) {
        resource.introspection_client = ClientId{parse_row_uuid(row["introspection_client_id"])};
    }
    const auto names = parse_array(row["scope_names"]);
    const auto descriptions = parse_array(row["scope_descriptions"]);
    for (std::size_t i = 0; i < names.size(); ++i) {
        resource.scopes.push_back({names[i], descriptions[i]});
    }
    resource.create_time = parse_instant(row["create_us"]);
    resource.update_time = parse_instant(row["update_us"]);
    resource.revision = row["revision"].as<std::int64_t>();
    return resource;
}

std::optional<Resource> first_resource(const pqxx::result& rows)
{
    return rows.empty() ? std::nullopt : std::optional{read_resource(rows[0])};
}

}  // namespace

const std::vector<Statement>& resource_statements()
{
    static const std::vector<Statement> all = {find,       find_by_uri, list, insert,      update,
                                               set_client, remove,      put,  remove_scope};
    return all;
}

Result<std::optional<Resource>, StoreError> find_resource(Transaction& transaction, ResourceId id)
{
    TRY(auto&& rows, run(transaction, find, to_string(id.uuid)));
    return first_resource(rows);
}

Result<std::optional<Resource>, StoreError> find_resource_by_uri(Transaction& transaction,
                                                                 const std::string& normalized_uri)
{
    TRY(auto&& rows, run(transaction, find_by_uri, normalized_uri));
    return first_resource(rows);
}

Result<std::vector<Resource>, StoreError> list_resources(Transaction& transaction, ResourceId after,
                                                         std::size_t limit)
{
    TRY(auto&& rows, run(transaction, list, to_string(after.uuid), limit));
    std::vector<Resource> resources;
    for (const auto& row : rows) {
        resources.push_back(read_resource(row));
    }
    return resources;
}

Result<Resource, StoreError> insert_resource(Transaction& transaction, ProjectId project, ResourceId id,
                                             const std::string& uri, const std::string& normalized_uri,
                                             const std::string& display_name)
{
    TRY(auto&& rows, run(transaction, insert, to_string(project.uuid), to_string(id.uuid), uri,
                         normalized_uri, display_name));
    return read_resource(rows[0]);
}

Result<bool, StoreError> update_resource(Transaction& transaction, ResourceId id,
                                         const std::string& display_name, std::int64_t expected_revision)
{
    TRY(auto&& rows,
        run(transaction, update, to_string(id.uuid), display_name, expected_revision, expected_revision));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> set_introspection_client(Transaction& transaction, ResourceId id,
                                                  std::optional<ClientId> client)
{
    TRY(auto&& rows,
        run(transaction, set_client, to_string(id.uuid), client ? to_string(client->uuid) : std::string{}));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> delete_resource(Transaction& transaction, ResourceId id)
{
    TRY(auto&& rows, run(transaction, remove, to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

Result<void, StoreError> put_scope(Transaction& transaction, ProjectId project, ResourceId resource,
                                   const ResourceScope& scope)
{
    TRY(run(transaction, put, to_string(project.uuid), to_string(resource.uuid), scope.name,
            scope.description));
    return ok();
}

Result<bool, StoreError> delete_scope(Transaction& transaction, ResourceId resource, const std::string& name)
{
    TRY(auto&& rows, run(transaction, remove_scope, to_string(resource.uuid), name));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
