#include "storage/repositories/clients.hpp"

#include <algorithm>
#include <cstring>

#include <boost/json/parse.hpp>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

#define CLIENT_COLUMNS                                                                                       \
    "c.project_id, c.client_id, c.display_name, c.profile, c.token_endpoint_auth_method, "                   \
    "c.token_endpoint_auth_signing_alg, c.jwks, c.default_resource_id, c.access_token_lifetime_s, "          \
    "c.grant_types, "                                                                                        \
    "c.assertion_audience, c.access_token_signing_alg, c.disabled, c.revision, "                             \
    "(extract(epoch FROM c.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM c.update_time) * 1000000)::bigint AS update_us"
#define SECRET_COLUMNS                                                                                       \
    "client_secret_id, digest, hint, (extract(epoch FROM create_time) * 1000000)::bigint AS create_us, "     \
    "(extract(epoch FROM expire_time) * 1000000)::bigint AS expire_us"

// The client with its secrets and access as JSON arrays: one round trip, one snapshot.
constexpr Statement find = {
    "clients.find", "tessera_app",
    "SELECT " CLIENT_COLUMNS ", "
    "(SELECT coalesce(json_agg(json_build_array(s.client_secret_id, encode(s.digest, 'hex'), s.hint, "
    "  (extract(epoch FROM s.create_time) * 1000000)::bigint, (extract(epoch FROM s.expire_time) * "
    "1000000)::bigint) ORDER BY s.create_time, s.place), '[]') "
    "  FROM tessera.client_secrets s WHERE s.project_id = c.project_id AND s.client_id = c.client_id) AS "
    "secrets, "
    "(SELECT coalesce(json_agg(json_build_array(a.resource_id, r.uri, "
    "  (SELECT coalesce(json_agg(g.scope ORDER BY g.scope COLLATE \"C\"), '[]') FROM "
    "tessera.client_access_scopes g "
    "  WHERE g.project_id = a.project_id AND g.client_id = a.client_id AND g.resource_id = a.resource_id)) "
    "  ORDER BY r.normalized_uri), '[]') FROM tessera.client_access a "
    "  JOIN tessera.resources r USING (project_id, resource_id) "
    "  WHERE a.project_id = c.project_id AND a.client_id = c.client_id) AS access "
    "FROM tessera.clients c WHERE c.client_id = $1"};
constexpr Statement list = {"clients.list", "tessera_app",
                            "SELECT " CLIENT_COLUMNS " FROM tessera.clients c WHERE c.client_id > $1 "
                            "ORDER BY c.client_id LIMIT $2"};
constexpr Statement insert = {
    "clients.insert", "tessera_app",
    "INSERT INTO tessera.clients AS c (project_id, client_id, display_name, profile, "
    "token_endpoint_auth_method, "
    "token_endpoint_auth_signing_alg, jwks, default_resource_id, access_token_lifetime_s, grant_types, "
    "assertion_audience, access_token_signing_alg) VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, "
    "''), "
    "nullif($8, '')::uuid, $9, $10::text[], $11, nullif($12, '')) RETURNING " CLIENT_COLUMNS};
constexpr Statement update = {
    "clients.update", "tessera_app",
    "UPDATE tessera.clients c SET display_name = $3, profile = $4, token_endpoint_auth_method = $5, "
    "token_endpoint_auth_signing_alg = nullif($6, ''), jwks = nullif($7, ''), "
    "default_resource_id = nullif($8, '')::uuid, access_token_lifetime_s = $9, grant_types = $10::text[], "
    "assertion_audience = $11, access_token_signing_alg = nullif($12, ''), update_time = now(), "
    "revision = revision + 1 WHERE c.client_id = $1 AND ($2::bigint = 0 OR revision = $2::bigint) "
    "RETURNING " CLIENT_COLUMNS};
constexpr Statement set_disabled = {"clients.set_disabled", "tessera_app",
                                    "UPDATE tessera.clients SET disabled = $2, update_time = now(), "
                                    "revision = revision + 1 WHERE client_id = $1"};
constexpr Statement remove = {"clients.delete", "tessera_app",
                              "DELETE FROM tessera.clients WHERE client_id = $1"};

// The trigger place_client_secret finds the free place, or refuses.
constexpr Statement insert_secret = {
    "client_secrets.insert", "tessera_app",
    "INSERT INTO tessera.client_secrets (project_id, client_id, client_secret_id, digest, hint, expire_time) "
    "VALUES ($1, $2, $3, $4, $5, nullif($6, '')::timestamptz) RETURNING " SECRET_COLUMNS};
constexpr Statement remove_secret = {
    "client_secrets.delete", "tessera_app",
    "DELETE FROM tessera.client_secrets WHERE client_id = $1 AND client_secret_id = $2"};

constexpr Statement remove_access = {
    "client_access.delete", "tessera_app",
    "DELETE FROM tessera.client_access WHERE client_id = $1 AND resource_id = $2"};
constexpr Statement insert_access = {"client_access.insert", "tessera_app",
                                     "INSERT INTO tessera.client_access (project_id, client_id, resource_id) "
                                     "VALUES ($1, $2, $3)"};
constexpr Statement insert_access_scopes = {
    "client_access_scopes.insert", "tessera_app",
    "INSERT INTO tessera.client_access_scopes (project_id, client_id, resource_id, scope) "
    "SELECT DISTINCT $1::uuid, $2::uuid, $3::uuid, scope FROM unnest($4::text[]) AS scope"};

#undef CLIENT_COLUMNS
#undef SECRET_COLUMNS

std::optional<Instant> optional_instant(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{parse_instant(field)};
}

Client read_client(const pqxx::row& row)
{
    Client client;
    client.id = ClientId{parse_row_uuid(row["client_id"])};
    client.project = ProjectId{parse_row_uuid(row["project_id"])};
    ClientSettings& settings = client.settings;
    settings.display_name = row["display_name"].as<std::string>();
    settings.profile = row["profile"].as<std::string>();
    settings.token_endpoint_auth_method = row["token_endpoint_auth_method"].as<std::string>();
    settings.token_endpoint_auth_signing_alg = optional_text(row["token_endpoint_auth_signing_alg"]);
    settings.jwks = optional_text(row["jwks"]);
    if (!row["default_resource_id"].is_null()) {
        settings.default_resource = ResourceId{parse_row_uuid(row["default_resource_id"])};
    }
    settings.access_token_lifetime_s = row["access_token_lifetime_s"].as<std::int32_t>();
    settings.grant_types = parse_array(row["grant_types"]);
    settings.assertion_audience = row["assertion_audience"].as<std::string>();
    settings.access_token_signing_alg = optional_text(row["access_token_signing_alg"]);
    client.disabled = row["disabled"].as<bool>();
    client.create_time = parse_instant(row["create_us"]);
    client.update_time = parse_instant(row["update_us"]);
    client.revision = row["revision"].as<std::int64_t>();
    return client;
}

ClientSecret read_secret(const pqxx::row& row)
{
    ClientSecret secret;
    secret.id = ClientSecretId{parse_row_uuid(row["client_secret_id"])};
    const Bytes digest = parse_bytes(row["digest"]);
    ASSERT(digest.size() == secret.digest.size());
    std::memcpy(secret.digest.data(), digest.data(), digest.size());
    secret.hint = row["hint"].as<std::string>();
    secret.create_time = parse_instant(row["create_us"]);
    secret.expire_time = optional_instant(row["expire_us"]);
    return secret;
}

// JSON that PostgreSQL made of our own columns.
json::array parse_rows(const pqxx::field& field) { return json::parse(field.c_str()).as_array(); }

Uuid json_uuid(const json::value& value)
{
    const auto uuid = parse_uuid(value.as_string());
    ASSERT(uuid.has_value());
    return *uuid;
}

std::optional<Instant> json_instant(const json::value& value)
{
    return value.is_null() ? std::nullopt : std::optional{Instant{Microseconds{value.as_int64()}}};
}

ClientSecret read_secret(const json::array& row)
{
    ClientSecret secret;
    secret.id = ClientSecretId{json_uuid(row.at(0))};
    const auto digest = hex_decode(row.at(1).as_string());
    ASSERT(digest && digest->size() == secret.digest.size());
    std::copy(digest->begin(), digest->end(), secret.digest.begin());
    secret.hint = row.at(2).as_string();
    secret.create_time = json_instant(row.at(3)).value();
    secret.expire_time = json_instant(row.at(4));
    return secret;
}

ClientAccess read_access(const json::array& row)
{
    ClientAccess access;
    access.resource = ResourceId{json_uuid(row.at(0))};
    access.resource_uri = row.at(1).as_string();
    for (const json::value& scope : row.at(2).as_array()) {
        access.scopes.emplace_back(scope.as_string());
    }
    return access;
}

std::string uuid_or_empty(const std::optional<ResourceId>& id)
{
    return id ? to_string(id->uuid) : std::string{};
}

template <class... Keys>
Result<pqxx::result, StoreError> write(Transaction& transaction, const Statement& statement,
                                       const ClientSettings& s, const Keys&... keys)
{
    return run(transaction, statement, keys..., s.display_name, s.profile, s.token_endpoint_auth_method,
               or_empty(s.token_endpoint_auth_signing_alg), or_empty(s.jwks),
               uuid_or_empty(s.default_resource), s.access_token_lifetime_s, array_literal(s.grant_types),
               s.assertion_audience, or_empty(s.access_token_signing_alg));
}

}  // namespace

const std::vector<Statement>& client_statements()
{
    static const std::vector<Statement> all = {
        find,          list,          insert,        update,        set_disabled,         remove,
        insert_secret, remove_secret, remove_access, insert_access, insert_access_scopes,
    };
    return all;
}

Result<std::optional<ClientRecord>, StoreError> find_client(Transaction& transaction, ClientId id)
{
    const std::string uuid = to_string(id.uuid);
    TRY(auto&& clients, run(transaction, find, uuid));
    if (clients.empty()) {
        return std::optional<ClientRecord>{};
    }
    ClientRecord record;
    record.client = read_client(clients[0]);
    for (const json::value& secret : parse_rows(clients[0]["secrets"])) {
        record.secrets.push_back(read_secret(secret.as_array()));
    }
    for (const json::value& access : parse_rows(clients[0]["access"])) {
        record.access.push_back(read_access(access.as_array()));
    }
    return std::optional{std::move(record)};
}

Result<std::vector<Client>, StoreError> list_clients(Transaction& transaction, ClientId after,
                                                     std::size_t limit)
{
    TRY(auto&& rows, run(transaction, list, to_string(after.uuid), limit));
    std::vector<Client> clients;
    for (const auto& row : rows) {
        clients.push_back(read_client(row));
    }
    return clients;
}

Result<Client, StoreError> insert_client(Transaction& transaction, ProjectId project, ClientId id,
                                         const ClientSettings& settings)
{
    TRY(auto&& rows, write(transaction, insert, settings, to_string(project.uuid), to_string(id.uuid)));
    return read_client(rows[0]);
}

Result<std::optional<Client>, StoreError> update_client(Transaction& transaction, ClientId id,
                                                        const ClientSettings& settings,
                                                        std::int64_t expected_revision)
{
    TRY(auto&& rows, write(transaction, update, settings, to_string(id.uuid), expected_revision));
    return rows.empty() ? std::optional<Client>{} : std::optional{read_client(rows[0])};
}

Result<bool, StoreError> set_client_disabled(Transaction& transaction, ClientId id, bool disabled)
{
    TRY(auto&& rows, run(transaction, set_disabled, to_string(id.uuid), disabled));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> delete_client(Transaction& transaction, ClientId id)
{
    TRY(auto&& rows, run(transaction, remove, to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

Result<ClientSecret, StoreError> insert_client_secret(Transaction& transaction, ProjectId project,
                                                      ClientId client, ClientSecretId id,
                                                      const Sha256& digest, const std::string& hint,
                                                      std::optional<Instant> expire_time)
{
    TRY(auto&& rows,
        run(transaction, insert_secret, to_string(project.uuid), to_string(client.uuid), to_string(id.uuid),
            bytes_literal(ByteView{digest}), hint, expire_time ? timestamp(*expire_time) : std::string{}));
    return read_secret(rows[0]);
}

Result<bool, StoreError> delete_client_secret(Transaction& transaction, ClientId client, ClientSecretId id)
{
    TRY(auto&& rows, run(transaction, remove_secret, to_string(client.uuid), to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

Result<void, StoreError> set_client_access(Transaction& transaction, ProjectId project, ClientId client,
                                           ResourceId resource, const std::vector<std::string>& scopes,
                                           bool granted)
{
    const std::string client_uuid = to_string(client.uuid);
    const std::string resource_uuid = to_string(resource.uuid);
    TRY(run(transaction, remove_access, client_uuid, resource_uuid));
    if (granted) {
        TRY(run(transaction, insert_access, to_string(project.uuid), client_uuid, resource_uuid));
        TRY(run(transaction, insert_access_scopes, to_string(project.uuid), client_uuid, resource_uuid,
                array_literal(scopes)));
    }
    return ok();
}

}  // namespace tessera::storage
