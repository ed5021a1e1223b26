#include "storage/repositories/expiry.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

// `over` is what the oldest rows are ordered by; an index has it.
#define DELETE_EXPIRED(table, key, over, condition)                                                          \
    {"expiry." table, "tessera_system",                                                                      \
     "DELETE FROM tessera." table " WHERE (" key ") IN (SELECT " key " FROM tessera." table                  \
     " WHERE " condition " ORDER BY " over " LIMIT $1 FOR UPDATE SKIP LOCKED)"}

// A code, and a refresh token that was rotated, are kept for a day after their end, so that whoever shows them again is known
// for what they are. A family outlives the last access token of it, a session the last question after it. Mails and deliveries
// stay a week for operators to look at.
constexpr std::array statements{
    Statement DELETE_EXPIRED("authorization_codes", "project_id, digest", "expire_time",
                             "expire_time < now() - interval '1 day'"),
    Statement DELETE_EXPIRED("refresh_tokens", "project_id, digest", "expire_time",
                             "expire_time < now() - interval '1 day'"),
    Statement DELETE_EXPIRED("token_families", "project_id, family_id", "expire_time",
                             "expire_time < now() - interval '1 day'"),
    Statement DELETE_EXPIRED("revoked_access_tokens", "project_id, jti", "expire_time",
                             "expire_time < now() - interval '10 minutes'"),
    Statement DELETE_EXPIRED("authorization_requests", "project_id, request_id", "expire_time",
                             "expire_time < now() - interval '1 hour'"),
    Statement DELETE_EXPIRED("login_flows", "project_id, flow_id", "expire_time",
                             "expire_time < now() - interval '1 hour'"),
    Statement DELETE_EXPIRED("sessions", "project_id, session_id", "expire_time",
                             "expire_time < now() - interval '1 day'"),
    Statement DELETE_EXPIRED("rate_counters", "project_id, bucket", "window_end",
                             "window_end < now() - interval '1 minute'"),
    Statement DELETE_EXPIRED("user_invites", "project_id, invite_id", "expire_time",
                             "expire_time < now() - interval '1 day'"),
    Statement DELETE_EXPIRED("initial_access_tokens", "project_id, token_id", "expire_time",
                             "expire_time < now() - interval '1 day'"),
    Statement DELETE_EXPIRED("mail_outbox", "project_id, mail_id", "create_time",
                             "(sent_time IS NOT NULL OR failed_time IS NOT NULL) "
                             "AND create_time < now() - interval '7 days'"),
    Statement DELETE_EXPIRED("logout_deliveries", "project_id, delivery_id", "create_time",
                             "(sent_time IS NOT NULL OR failed_time IS NOT NULL) "
                             "AND create_time < now() - interval '7 days'"),
};

#undef DELETE_EXPIRED

constexpr std::string_view prefix = "expiry.";

constexpr auto tables = [] {
    std::array<std::string_view, statements.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = std::string_view{statements[i].name}.substr(prefix.size());
    }
    return names;
}();

}  // namespace

const std::vector<Statement>& expiry_statements()
{
    static const std::vector<Statement> all{statements.begin(), statements.end()};
    return all;
}

std::span<const std::string_view> expiring_tables() { return tables; }

Result<std::size_t, StoreError> delete_expired(Pool& system_pool, std::string_view table, std::size_t limit)
{
    const auto found = std::ranges::find(tables, table);
    ASSERT(found != tables.end());
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"delete what is over"}));
    TRY(auto&& rows, run(transaction, statements[static_cast<std::size_t>(found - tables.begin())], limit));
    TRY(transaction.commit());
    return static_cast<std::size_t>(rows.affected_rows());
}

}  // namespace tessera::storage
