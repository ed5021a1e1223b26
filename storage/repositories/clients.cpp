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
    "c.token_endpoint_auth_signing_alg, c.jwks, c.jwks_uri, c.default_resource_id, "                         \
    "c.access_token_lifetime_s, c.grant_types, c.assertion_audience, "                                       \
    "c.access_token_signing_alg, c.application_type, c.redirect_uris, "                                      \
    "c.post_logout_redirect_uris, c.scopes, c.trusted, c.skip_consent, "                                     \
    "c.introspection_allowed, c.subject_type, c.sector_identifier_uri, "                                     \
    "c.id_token_signed_response_alg, c.userinfo_signed_response_alg, "                                       \
    "c.introspection_signed_response_alg, c.default_max_age_s, c.require_auth_time, "                        \
    "c.initiate_login_uri, c.frontchannel_logout_uri, c.backchannel_logout_uri, c.client_uri, "              \
    "c.logo_uri, c.policy_uri, c.tos_uri, c.contacts, c.software_id, c.software_version, "                   \
    "c.registration_token_digest, c.disabled, c.revision, "                                                  \
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
    "token_endpoint_auth_signing_alg, jwks, jwks_uri, default_resource_id, access_token_lifetime_s, "
    "grant_types, assertion_audience, access_token_signing_alg, application_type, redirect_uris, "
    "post_logout_redirect_uris, scopes, trusted, skip_consent, introspection_allowed, subject_type, "
    "sector_identifier_uri, id_token_signed_response_alg, userinfo_signed_response_alg, "
    "introspection_signed_response_alg, default_max_age_s, require_auth_time, initiate_login_uri, "
    "frontchannel_logout_uri, backchannel_logout_uri, client_uri, logo_uri, policy_uri, tos_uri, "
    "contacts, software_id, software_version) "
    "VALUES ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), nullif($8, ''), nullif($9, '')::uuid, $10, "
    "$11::text[], $12, nullif($13, ''), $14, $15::text[], $16::text[], $17::text[], $18, $19, $20, "
    "$21, nullif($22, ''), nullif($23, ''), nullif($24, ''), nullif($25, ''), $26, $27, "
    "nullif($28, ''), nullif($29, ''), nullif($30, ''), nullif($31, ''), nullif($32, ''), "
    "nullif($33, ''), nullif($34, ''), $35::text[], nullif($36, ''), nullif($37, '')) "
    "RETURNING " CLIENT_COLUMNS};
constexpr Statement update = {
    "clients.update", "tessera_app",
    "UPDATE tessera.clients c SET display_name = $3, profile = $4, token_endpoint_auth_method = $5, "
    "token_endpoint_auth_signing_alg = nullif($6, ''), jwks = nullif($7, ''), "
    "jwks_uri = nullif($8, ''), default_resource_id = nullif($9, '')::uuid, "
    "access_token_lifetime_s = $10, grant_types = $11::text[], assertion_audience = $12, "
    "access_token_signing_alg = nullif($13, ''), application_type = $14, "
    "redirect_uris = $15::text[], post_logout_redirect_uris = $16::text[], scopes = $17::text[], "
    "trusted = $18, skip_consent = $19, introspection_allowed = $20, subject_type = $21, "
    "sector_identifier_uri = nullif($22, ''), id_token_signed_response_alg = nullif($23, ''), "
    "userinfo_signed_response_alg = nullif($24, ''), "
    "introspection_signed_response_alg = nullif($25, ''), default_max_age_s = $26, "
    "require_auth_time = $27, initiate_login_uri = nullif($28, ''), "
    "frontchannel_logout_uri = nullif($29, ''), backchannel_logout_uri = nullif($30, ''), "
    "client_uri = nullif($31, ''), logo_uri = nullif($32, ''), policy_uri = nullif($33, ''), "
    "tos_uri = nullif($34, ''), contacts = $35::text[], software_id = nullif($36, ''), "
    "software_version = nullif($37, ''), update_time = now(), revision = revision + 1 "
    "WHERE c.client_id = $1 AND ($2::bigint = 0 OR revision = $2::bigint) RETURNING " CLIENT_COLUMNS};
constexpr Statement set_disabled = {"clients.set_disabled", "tessera_app",
                                    "UPDATE tessera.clients SET disabled = $2, update_time = now(), "
                                    "revision = revision + 1 WHERE client_id = $1"};
constexpr Statement set_registration_token = {
    "clients.set_registration_token", "tessera_app",
    "UPDATE tessera.clients SET registration_token_digest = $2::bytea, update_time = now(), "
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

std::optional<std::int32_t> optional_integer(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{field.as<std::int32_t>()};
}

Sha256 read_digest(const pqxx::field& field)
{
    const Bytes bytes = parse_bytes(field);
    Sha256 digest{};
    ASSERT(bytes.size() == digest.size());
    std::memcpy(digest.data(), bytes.data(), bytes.size());
    return digest;
}

ClientSettings read_settings(const pqxx::row& row)
{
    ClientSettings settings;
    settings.display_name = row["display_name"].as<std::string>();
    settings.profile = row["profile"].as<std::string>();
    settings.token_endpoint_auth_method = row["token_endpoint_auth_method"].as<std::string>();
    settings.token_endpoint_auth_signing_alg = optional_text(row["token_endpoint_auth_signing_alg"]);
    settings.jwks = optional_text(row["jwks"]);
    settings.jwks_uri = optional_text(row["jwks_uri"]);
    if (!row["default_resource_id"].is_null()) {
        settings.default_resource = ResourceId{parse_row_uuid(row["default_resource_id"])};
    }
    settings.access_token_lifetime_s = row["access_token_lifetime_s"].as<std::int32_t>();
    settings.grant_types = parse_array(row["grant_types"]);
    settings.assertion_audience = row["assertion_audience"].as<std::string>();
    settings.access_token_signing_alg = optional_text(row["access_token_signing_alg"]);
    settings.application_type = row["application_type"].as<std::string>();
    settings.redirect_uris = parse_array(row["redirect_uris"]);
    settings.post_logout_redirect_uris = parse_array(row["post_logout_redirect_uris"]);
    settings.scopes = parse_array(row["scopes"]);
    settings.trusted = row["trusted"].as<bool>();
    settings.skip_consent = row["skip_consent"].as<bool>();
    settings.introspection_allowed = row["introspection_allowed"].as<bool>();
    settings.subject_type = row["subject_type"].as<std::string>();
    settings.sector_identifier_uri = optional_text(row["sector_identifier_uri"]);
    settings.id_token_signed_response_alg = optional_text(row["id_token_signed_response_alg"]);
    settings.userinfo_signed_response_alg = optional_text(row["userinfo_signed_response_alg"]);
    settings.introspection_signed_response_alg = optional_text(row["introspection_signed_response_alg"]);
    settings.default_max_age_s = optional_integer(row["default_max_age_s"]);
    settings.require_auth_time = row["require_auth_time"].as<bool>();
    settings.initiate_login_uri = optional_text(row["initiate_login_uri"]);
    settings.frontchannel_logout_uri = optional_text(row["frontchannel_logout_uri"]);
    settings.backchannel_logout_uri = optional_text(row["backchannel_logout_uri"]);
    settings.client_uri = optional_text(row["client_uri"]);
    settings.logo_uri = optional_text(row["logo_uri"]);
    settings.policy_uri = optional_text(row["policy_uri"]);
    settings.tos_uri = optional_text(row["tos_uri"]);
    settings.contacts = parse_array(row["contacts"]);
    settings.software_id = optional_text(row["software_id"]);
    settings.software_version = optional_text(row["software_version"]);
    return settings;
}

Client read_client(const pqxx::row& row)
{
    Client client;
    client.id = ClientId{parse_row_uuid(row["client_id"])};
    client.project = ProjectId{parse_row_uuid(row["project_id"])};
    client.settings = read_settings(row);
    if (!row["registration_token_digest"].is_null()) {
        client.registration_token_digest = read_digest(row["registration_token_digest"]);
    }
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
    secret.digest = read_digest(row["digest"]);
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

std::optional<std::string> integer_or_null(const std::optional<std::int32_t>& number)
{
    return number ? std::optional{std::to_string(*number)} : std::nullopt;
}

template <class... Keys>
Result<pqxx::result, StoreError> write(Transaction& transaction, const Statement& statement,
                                       const ClientSettings& s, const Keys&... keys)
{
    return run(transaction, statement, keys..., s.display_name, s.profile, s.token_endpoint_auth_method,
               or_empty(s.token_endpoint_auth_signing_alg), or_empty(s.jwks), or_empty(s.jwks_uri),
               uuid_or_empty(s.default_resource), s.access_token_lifetime_s, array_literal(s.grant_types),
               s.assertion_audience, or_empty(s.access_token_signing_alg), s.application_type,
               array_literal(s.redirect_uris), array_literal(s.post_logout_redirect_uris),
               array_literal(s.scopes), s.trusted, s.skip_consent, s.introspection_allowed, s.subject_type,
               or_empty(s.sector_identifier_uri), or_empty(s.id_token_signed_response_alg),
               or_empty(s.userinfo_signed_response_alg), or_empty(s.introspection_signed_response_alg),
               integer_or_null(s.default_max_age_s), s.require_auth_time, or_empty(s.initiate_login_uri),
               or_empty(s.frontchannel_logout_uri), or_empty(s.backchannel_logout_uri),
               or_empty(s.client_uri), or_empty(s.logo_uri), or_empty(s.policy_uri), or_empty(s.tos_uri),
               array_literal(s.contacts), or_empty(s.software_id), or_empty(s.software_version));
}

}  // namespace

const std::vector<Statement>& client_statements()
{
    static const std::vector<Statement> all = {
        find,   list,          insert,        update,        set_disabled,  set_registration_token,
        remove, insert_secret, remove_secret, remove_access, insert_access, insert_access_scopes,
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

Result<bool, StoreError> set_client_registration_token(Transaction& transaction, ClientId id,
                                                       const std::optional<Sha256>& digest)
{
    const auto bytes = digest ? std::optional{bytes_literal(ByteView{*digest})} : std::nullopt;
    TRY(auto&& rows, run(transaction, set_registration_token, to_string(id.uuid), bytes));
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
