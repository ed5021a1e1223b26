#include "storage/transaction.hpp"

#include <fmt/format.h>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "storage/connection_pqxx.hpp"

namespace tessera::storage {

namespace {

Result<std::unique_ptr<Transaction::Session>, StoreError> open(Pool& pool, const std::string& begin)
{
    // A connection can die between its lease and its first use; nothing was done on it, so one more try is
    // harmless.
    for (int attempt = 0;; ++attempt) {
        TRY(auto&& lease, pool.lease());
        auto session = std::make_unique<Transaction::Session>(std::move(lease));
        try {
            session->work.emplace(session->lease->raw());
            session->work->exec(begin);
            session->open = true;
            return session;
        } catch (const std::exception& error) {
            StoreError converted = to_store_error(error);
            session->lease->mark_broken();
            if (converted.fault != StoreFault::unavailable || attempt == 1) {
                return converted;
            }
        }
    }
}

}  // namespace

Transaction::Transaction(std::unique_ptr<Session> session) : session_(std::move(session)) {}

Transaction::Transaction(Transaction&&) noexcept = default;

Transaction::~Transaction()
{
    if (!session_ || !session_->open || session_->lease->is_broken()) {
        return;
    }
    try {
        session_->work->exec("ROLLBACK");
    } catch (const std::exception&) {
        session_->lease->mark_broken();
    }
}

Result<Transaction, StoreError> Transaction::begin(Pool& pool, RealmScope scope)
{
    // The variable travels with BEGIN; it is local to the transaction, so a pooler in transaction mode may
    // stand between.
    ASSERT(pool.options().role == "tessera_app" || pool.options().role == "tessera_system");
    TRY(auto&& session, open(pool, fmt::format("BEGIN; SELECT set_config('tessera.project_id', '{}', true)",
                                               to_string(scope.project.uuid))));
    return Transaction{std::move(session)};
}

Result<Transaction, StoreError> Transaction::begin(Pool& pool, SystemScope scope)
{
    ASSERT(pool.options().role == "tessera_system");
    log::debug("system_scope", {{"why", scope.why}});
    TRY(auto&& session, open(pool, "BEGIN"));
    return Transaction{std::move(session)};
}

Result<void, StoreError> Transaction::commit()
{
    ASSERT(session_->open);
    if (session_->failed) {
        // COMMIT would answer ROLLBACK, without an error. The destructor rolls back.
        return *session_->failed;
    }
    session_->open = false;
    try {
        session_->work->exec("COMMIT");
        return ok();
    } catch (const std::exception& error) {
        session_->lease->mark_broken();
        return to_store_error(error);
    }
}

}  // namespace tessera::storage
