#include "storage/repositories/passwords.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement find = {"user_passwords.find", "tessera_app",
                            "SELECT hash FROM tessera.user_passwords WHERE user_id = $1"};
constexpr Statement put = {"user_passwords.put", "tessera_app",
                           "INSERT INTO tessera.user_passwords (project_id, user_id, hash, set_time) "
                           "VALUES ($1, $2, $3, $4::timestamptz) ON CONFLICT (project_id, user_id) "
                           "DO UPDATE SET hash = excluded.hash, set_time = excluded.set_time"};
constexpr Statement rehash = {"user_passwords.rehash", "tessera_app",
                              "UPDATE tessera.user_passwords SET hash = $3 WHERE user_id = $1 AND hash = $2"};

}  // namespace

const std::vector<Statement>& password_statements()
{
    static const std::vector<Statement> all = {find, put, rehash};
    return all;
}

Result<std::optional<std::string>, StoreError> find_password_hash(Transaction& transaction, UserId user)
{
    TRY(auto&& rows, run(transaction, find, to_string(user.uuid)));
    return rows.empty() ? std::nullopt : std::optional{rows[0]["hash"].as<std::string>()};
}

Result<void, StoreError> put_password_hash(Transaction& transaction, ProjectId project, UserId user,
                                           const std::string& hash, Instant now)
{
    TRY(run(transaction, put, to_string(project.uuid), to_string(user.uuid), hash, timestamp(now)));
    return ok();
}

Result<bool, StoreError> rehash_password(Transaction& transaction, UserId user, const std::string& old_hash,
                                         const std::string& new_hash)
{
    TRY(auto&& rows, run(transaction, rehash, to_string(user.uuid), old_hash, new_hash));
    return rows.affected_rows() == 1;
}

}  // namespace tessera::storage
