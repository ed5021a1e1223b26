#include "storage/repositories/passkeys.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

// Not what is up to 64 KiB a row and nobody asks for at a sign-in: attestation and its company.
#define PASSKEY_COLUMNS                                                                                      \
    "k.passkey_id, k.user_id, k.name, k.credential_id, k.public_key, k.algorithm, k.aaguid, "                \
    "k.sign_count, k.backup_eligible, k.backed_up, k.transports, k.disabled, "                               \
    "(extract(epoch FROM k.create_time) * 1000000)::bigint AS create_us, "                                   \
    "(extract(epoch FROM k.last_used_time) * 1000000)::bigint AS used_us"

constexpr Statement insert = {
    "passkeys.insert", "tessera_app",
    "INSERT INTO tessera.passkeys (project_id, passkey_id, user_id, name, credential_id, public_key, "
    "public_key_pkix, algorithm, aaguid, rp_id, sign_count, discoverable, backup_eligible, backed_up, "
    "transports, attestation_format, attestation, create_time, update_time) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15::text[], $16, $17, "
    "$18::timestamptz, $18::timestamptz)"};
constexpr Statement find = {
    "passkeys.find", "tessera_app",
    "SELECT " PASSKEY_COLUMNS ", u.organization_id FROM tessera.passkeys k "
    "JOIN tessera.users u USING (project_id, user_id) WHERE k.credential_id = $1 AND NOT k.disabled"};
constexpr Statement list = {"passkeys.list", "tessera_app",
                            "SELECT " PASSKEY_COLUMNS " FROM tessera.passkeys k WHERE k.user_id = $1 "
                            "ORDER BY k.create_time, k.passkey_id LIMIT 100"};
constexpr Statement use = {
    "passkeys.use", "tessera_app",
    "UPDATE tessera.passkeys SET sign_count = $3, backed_up = $4, last_used_time = $5::timestamptz "
    "WHERE passkey_id = $1 AND sign_count = $2 AND NOT disabled"};
constexpr Statement rename = {
    "passkeys.rename", "tessera_app",
    "UPDATE tessera.passkeys SET name = $3, update_time = now() WHERE user_id = $1 AND passkey_id = $2"};
constexpr Statement remove = {"passkeys.delete", "tessera_app",
                              "DELETE FROM tessera.passkeys WHERE user_id = $1 AND passkey_id = $2"};

#undef PASSKEY_COLUMNS

Passkey read_passkey(const pqxx::row& row)
{
    Passkey passkey;
    passkey.id = {parse_row_uuid(row["passkey_id"])};
    passkey.user = {parse_row_uuid(row["user_id"])};
    passkey.name = row["name"].as<std::string>();
    passkey.credential_id = parse_bytes(row["credential_id"]);
    passkey.public_key = parse_bytes(row["public_key"]);
    passkey.algorithm = row["algorithm"].as<std::int32_t>();
    passkey.aaguid = parse_row_uuid(row["aaguid"]);
    passkey.sign_count = row["sign_count"].as<std::int64_t>();
    passkey.backup_eligible = row["backup_eligible"].as<bool>();
    passkey.backed_up = row["backed_up"].as<bool>();
    passkey.transports = parse_array(row["transports"]);
    passkey.disabled = row["disabled"].as<bool>();
    passkey.create_time = parse_instant(row["create_us"]);
    if (!row["used_us"].is_null()) {
        passkey.last_used_time = parse_instant(row["used_us"]);
    }
    return passkey;
}

}  // namespace

const std::vector<Statement>& passkey_statements()
{
    static const std::vector<Statement> all = {insert, find, list, use, rename, remove};
    return all;
}

Result<void, StoreError> insert_passkey(Transaction& transaction, ProjectId project, const Passkey& passkey)
{
    TRY(run(transaction, insert, to_string(project.uuid), to_string(passkey.id.uuid),
            to_string(passkey.user.uuid), passkey.name, bytes_literal(passkey.credential_id),
            bytes_literal(passkey.public_key), passkey.public_key_pkix, passkey.algorithm,
            to_string(passkey.aaguid), passkey.rp_id, passkey.sign_count, passkey.discoverable,
            passkey.backup_eligible, passkey.backed_up, array_literal(passkey.transports),
            passkey.attestation_format, bytes_literal(passkey.attestation), timestamp(passkey.create_time)));
    return ok();
}

Result<std::optional<FoundPasskey>, StoreError> find_passkey(Transaction& transaction,
                                                             const Bytes& credential_id)
{
    TRY(auto&& rows, run(transaction, find, bytes_literal(credential_id)));
    if (rows.empty()) {
        return std::nullopt;
    }
    return FoundPasskey{read_passkey(rows[0]), {parse_row_uuid(rows[0]["organization_id"])}};
}

Result<std::vector<Passkey>, StoreError> list_passkeys(Transaction& transaction, UserId user)
{
    TRY(auto&& rows, run(transaction, list, to_string(user.uuid)));
    std::vector<Passkey> passkeys;
    for (const auto& row : rows) {
        passkeys.push_back(read_passkey(row));
    }
    return passkeys;
}

Result<bool, StoreError> use_passkey(Transaction& transaction, PasskeyId id, std::int64_t judged_sign_count,
                                     std::int64_t sign_count, bool backed_up, Instant now)
{
    TRY(auto&& rows,
        run(transaction, use, to_string(id.uuid), judged_sign_count, sign_count, backed_up, timestamp(now)));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> rename_passkey(Transaction& transaction, UserId user, PasskeyId id,
                                        const std::string& name)
{
    TRY(auto&& rows, run(transaction, rename, to_string(user.uuid), to_string(id.uuid), name));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> delete_passkey(Transaction& transaction, UserId user, PasskeyId id)
{
    TRY(auto&& rows, run(transaction, remove, to_string(user.uuid), to_string(id.uuid)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
