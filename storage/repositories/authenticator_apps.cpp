#include "storage/repositories/authenticator_apps.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement find = {
    "authenticator_apps.find", "tessera_app",
    "SELECT secret_sealed, last_step FROM tessera.user_authenticator_apps WHERE user_id = $1"};
constexpr Statement insert = {
    "authenticator_apps.insert", "tessera_app",
    "INSERT INTO tessera.user_authenticator_apps (project_id, user_id, secret_sealed, last_step, "
    "create_time) "
    "VALUES ($1, $2, $3, $4, $5::timestamptz) ON CONFLICT (project_id, user_id) DO NOTHING"};
constexpr Statement consume_step = {
    "authenticator_apps.consume_step", "tessera_app",
    "UPDATE tessera.user_authenticator_apps SET last_step = $2 WHERE user_id = $1 AND last_step < $2"};
constexpr Statement remove = {"authenticator_apps.delete", "tessera_app",
                              "DELETE FROM tessera.user_authenticator_apps WHERE user_id = $1"};
constexpr Statement remove_codes = {"recovery_codes.delete", "tessera_app",
                                    "DELETE FROM tessera.user_recovery_codes WHERE user_id = $1"};
constexpr Statement insert_codes = {"recovery_codes.insert", "tessera_app",
                                    "INSERT INTO tessera.user_recovery_codes (project_id, user_id, digest) "
                                    "SELECT $1, $2, decode(hex, 'hex') FROM unnest($3::text[]) AS hex"};
constexpr Statement consume_code = {"recovery_codes.consume", "tessera_app",
                                    "UPDATE tessera.user_recovery_codes SET used_time = $3::timestamptz "
                                    "WHERE user_id = $1 AND digest = $2 AND used_time IS NULL"};
constexpr Statement count_codes = {
    "recovery_codes.count", "tessera_app",
    "SELECT count(*) FROM tessera.user_recovery_codes WHERE user_id = $1 AND used_time IS NULL"};

}  // namespace

const std::vector<Statement>& authenticator_app_statements()
{
    static const std::vector<Statement> all = {find,         insert,       consume_step, remove,
                                               remove_codes, insert_codes, consume_code, count_codes};
    return all;
}

Result<std::optional<AuthenticatorApp>, StoreError> find_authenticator_app(Transaction& transaction,
                                                                           UserId user)
{
    TRY(auto&& rows, run(transaction, find, to_string(user.uuid)));
    if (rows.empty()) {
        return std::nullopt;
    }
    return AuthenticatorApp{parse_bytes(rows[0]["secret_sealed"]), rows[0]["last_step"].as<std::int64_t>()};
}

Result<bool, StoreError> insert_authenticator_app(Transaction& transaction, ProjectId project, UserId user,
                                                  const AuthenticatorApp& app, Instant now)
{
    TRY(auto&& rows, run(transaction, insert, to_string(project.uuid), to_string(user.uuid),
                         bytes_literal(app.secret_sealed), app.last_step, timestamp(now)));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> consume_totp_step(Transaction& transaction, UserId user, std::int64_t step)
{
    TRY(auto&& rows, run(transaction, consume_step, to_string(user.uuid), step));
    return rows.affected_rows() == 1;
}

Result<bool, StoreError> delete_authenticator_app(Transaction& transaction, UserId user)
{
    TRY(auto&& rows, run(transaction, remove, to_string(user.uuid)));
    TRY(run(transaction, remove_codes, to_string(user.uuid)));
    return rows.affected_rows() == 1;
}

Result<void, StoreError> replace_recovery_codes(Transaction& transaction, ProjectId project, UserId user,
                                                const std::vector<Sha256>& digests)
{
    std::vector<std::string> hex;
    for (const Sha256& digest : digests) {
        hex.push_back(hex_encode(digest));
    }
    TRY(run(transaction, remove_codes, to_string(user.uuid)));
    TRY(run(transaction, insert_codes, to_string(project.uuid), to_string(user.uuid), array_literal(hex)));
    return ok();
}

Result<int, StoreError> count_recovery_codes(Transaction& transaction, UserId user)
{
    TRY(auto&& rows, run(transaction, count_codes, to_string(user.uuid)));
    return rows[0][0].as<int>();
}

Result<bool, StoreError> consume_recovery_code(Transaction& transaction, UserId user, const Sha256& digest,
                                               Instant now)
{
    TRY(auto&& rows,
        run(transaction, consume_code, to_string(user.uuid), bytes_literal(digest), timestamp(now)));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
