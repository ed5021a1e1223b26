// The statements' side of a transaction. Included by storage's .cpp files only: libpqxx does not leave this
// room.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <pqxx/pqxx>

#include "base/encoding.hpp"
#include "base/uuid.hpp"
#include "storage/pool.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// One named statement; `role` is who runs it, so that a test can prepare each as its role.
struct Statement {
    const char* name;
    const char* role;
    const char* sql;
};

// A statement must fail when its connection is gone, never run on a new one without its transaction.
void forbid_reactivation(pqxx::connection& connection);

class Connection {
public:
    // Throws pqxx::broken_connection.
    Connection(const PoolOptions& options);

    pqxx::connection& raw() { return *raw_; }
    void prepare_once(const Statement& statement);
    bool is_broken() const { return broken_ || !raw_->is_open(); }
    // For a connection that was idle: true when the server has closed it meanwhile.
    bool is_stale() const;
    void mark_broken() { broken_ = true; }

private:
    std::unique_ptr<pqxx::connection> raw_;
    std::unordered_set<std::string> prepared_;
    bool broken_ = false;
};

// SQLSTATE and libpqxx exceptions → StoreError, in one place.
StoreError to_store_error(const std::exception& error);

struct Transaction::Session {
    explicit Session(Pool::Lease lease_) : lease(std::move(lease_)) {}
    Pool::Lease lease;
    std::optional<pqxx::nontransaction> work;  // making it throws when the connection is dead
    bool open = false;
    // The first failure: PostgreSQL takes no further statement, and commit must not look like success.
    std::optional<StoreError> failed;
};

// PostgreSQL holds no NUL in a text, and libpqxx would cut the text there without a word.
template <class T>
bool holds_nul(const T& argument)
{
    if constexpr (std::is_same_v<T, std::string>) {
        return argument.find('\0') != std::string::npos;
    } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {
        return argument && holds_nul(*argument);
    } else {
        static_assert(std::is_arithmetic_v<T>, "a text of another type would hide a NUL");
        return false;
    }
}

template <class Execute, class... Args>
Result<pqxx::result, StoreError> attempt(Transaction::Session& session, Execute execute, const Args&... args)
{
    if (session.failed) {
        return *session.failed;
    }
    if ((holds_nul(args) || ...)) {
        session.failed = StoreError{StoreFault::invalid, {}, "a text holds NUL"};
        return *session.failed;
    }
    try {
        return execute();
    } catch (const std::exception& error) {
        session.failed = to_store_error(error);
        if (session.failed->fault == StoreFault::unavailable) {
            session.lease->mark_broken();
        }
        return *session.failed;
    }
}

// Runs a prepared statement in a transaction. Arguments: texts, integers, booleans.
template <class... Args>
Result<pqxx::result, StoreError> run(Transaction& transaction, const Statement& statement,
                                     const Args&... args)
{
    auto& session = transaction.session();
    return attempt(
        session,
        [&] {
            session.lease->prepare_once(statement);
            return session.work->exec_prepared(statement.name, args...);
        },
        args...);
}

// Planned anew with the arguments at hand: for searches whose right plan depends on which filters are set.
template <class... Args>
Result<pqxx::result, StoreError> run_planned(Transaction& transaction, const Statement& statement,
                                             const Args&... args)
{
    auto& session = transaction.session();
    return attempt(session, [&] { return session.work->exec_params(statement.sql, args...); }, args...);
}

// PostgreSQL's text forms of our types.
std::string array_literal(const std::vector<std::string>& items);
std::vector<std::string> parse_array(const pqxx::field& field);
Bytes parse_bytes(const pqxx::field& field);
Uuid parse_row_uuid(const pqxx::field& field);
// A timestamptz selected as microseconds: sql_us("create_time").
Instant parse_instant(const pqxx::field& microseconds);
std::string timestamp(Instant instant);

// SQL text for an optional argument: "" stands for NULL (`nullif($1, '')`).
inline std::string or_empty(const std::optional<std::string>& text) { return text.value_or(std::string{}); }
inline std::optional<std::string> optional_text(const pqxx::field& field)
{
    return field.is_null() ? std::nullopt : std::optional{field.as<std::string>()};
}

// bytea in its text form; an absent value is NULL.
std::string bytes_literal(ByteView bytes);
inline std::string bytes_literal(const Bytes& bytes) { return bytes_literal(ByteView{bytes}); }
std::optional<std::string> bytes_literal(const std::optional<Bytes>& bytes);

}  // namespace tessera::storage
