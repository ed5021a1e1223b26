#include "storage/repositories/initial_access_tokens.hpp"

#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement insert = {
    "initial_access_tokens.insert", "tessera_app",
    "INSERT INTO tessera.initial_access_tokens (project_id, token_id, digest, uses_left, trusted, "
    "expire_time) VALUES ($1, $2, $3::bytea, $4, $5, $6::timestamptz)"};
constexpr Statement is_good = {"initial_access_tokens.is_good", "tessera_app",
                               "SELECT 1 FROM tessera.initial_access_tokens WHERE digest = $1::bytea "
                               "AND uses_left > 0 AND expire_time > $2::timestamptz"};
constexpr Statement consume = {"initial_access_tokens.consume", "tessera_app",
                               "UPDATE tessera.initial_access_tokens SET uses_left = uses_left - 1 "
                               "WHERE digest = $1::bytea AND uses_left > 0 AND expire_time > $2::timestamptz "
                               "RETURNING trusted"};
constexpr Statement count = {
    "initial_access_tokens.count_clients", "tessera_app",
    "SELECT count(*) FROM tessera.clients WHERE registration_token_digest IS NOT NULL"};
constexpr Statement remove_unused = {
    "initial_access_tokens.delete_unused_clients", "tessera_app",
    "DELETE FROM tessera.clients WHERE (project_id, client_id) IN (SELECT c.project_id, c.client_id "
    "FROM tessera.clients c WHERE c.registration_token_digest IS NOT NULL AND c.create_time < "
    "$1::timestamptz "
    "AND NOT EXISTS (SELECT FROM tessera.grants g WHERE g.project_id = c.project_id "
    "  AND g.client_id = c.client_id) "
    "AND NOT EXISTS (SELECT FROM tessera.token_families f WHERE f.project_id = c.project_id "
    "  AND f.client_id = c.client_id) LIMIT 100)"};

}  // namespace

const std::vector<Statement>& initial_access_token_statements()
{
    static const std::vector<Statement> all = {insert, is_good, consume, count, remove_unused};
    return all;
}

Result<void, StoreError> insert_initial_access_token(Transaction& transaction, ProjectId project,
                                                     InitialAccessTokenId id, const Sha256& digest,
                                                     std::int32_t uses, Vouched vouched, Instant expire_time)
{
    TRY(run(transaction, insert, to_string(project.uuid), to_string(id.uuid), bytes_literal(ByteView{digest}),
            uses, vouched == Vouched::yes, timestamp(expire_time)));
    return ok();
}

Result<bool, StoreError> is_initial_access_token(Transaction& transaction, const Sha256& digest, Instant now)
{
    TRY(auto&& rows, run(transaction, is_good, bytes_literal(ByteView{digest}), timestamp(now)));
    return !rows.empty();
}

Result<std::optional<Vouched>, StoreError> consume_initial_access_token(Transaction& transaction,
                                                                        const Sha256& digest, Instant now)
{
    TRY(auto&& rows, run(transaction, consume, bytes_literal(ByteView{digest}), timestamp(now)));
    if (rows.empty()) {
        return std::nullopt;
    }
    return rows[0]["trusted"].as<bool>() ? Vouched::yes : Vouched::no;
}

Result<std::int64_t, StoreError> count_registered_clients(Transaction& transaction)
{
    TRY(auto&& rows, run(transaction, count));
    return rows[0][0].as<std::int64_t>();
}

Result<std::size_t, StoreError> delete_unused_registered_clients(Transaction& transaction, Instant before)
{
    TRY(auto&& rows, run(transaction, remove_unused, timestamp(before)));
    return static_cast<std::size_t>(rows.affected_rows());
}

}  // namespace tessera::storage
