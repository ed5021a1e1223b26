// Tenancy is a capability: nothing is read or written without a transaction, and no transaction exists
// without a scope.
#pragma once

#include <memory>
#include <string_view>

#include "base/id.hpp"
#include "base/result.hpp"
#include "storage/error.hpp"
#include "storage/pool.hpp"

namespace tessera::storage {

// Rows of one realm only: row-level security sees this project.
struct RealmScope {
    ProjectId project;
};

// The few statements across realms, as role tessera_system. `why` is logged and greppable: SystemScope{"…"}.
struct SystemScope {
    explicit constexpr SystemScope(std::string_view why_) : why(why_) {}
    std::string_view why;
};

// One transaction on one leased connection. Rolled back by the destructor unless committed. Blocking; one
// thread.
class Transaction {
public:
    // BEGIN and the row-security variable travel in one round trip.
    static Result<Transaction, StoreError> begin(Pool& pool, RealmScope scope);
    static Result<Transaction, StoreError> begin(Pool& pool, SystemScope scope);

    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    Result<void, StoreError> commit();

    struct Session;  // storage only: the statements' view of this transaction
    Session& session() { return *session_; }

private:
    explicit Transaction(std::unique_ptr<Session> session);
    std::unique_ptr<Session> session_;
};

}  // namespace tessera::storage
