#include "storage/repositories/logout_deliveries.hpp"

#include "storage/repositories/array_column.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr std::size_t error_bytes_max = 500;

// By the database's clock, the one clock all fronts share.
constexpr Statement lease = {
    "logout_deliveries.lease", "tessera_system",
    "WITH due AS (SELECT project_id, delivery_id FROM tessera.logout_deliveries "
    "WHERE sent_time IS NULL AND failed_time IS NULL AND next_attempt_time <= now() "
    "AND project_id <> ALL($3::uuid[]) ORDER BY next_attempt_time LIMIT $2 FOR UPDATE SKIP LOCKED) "
    "UPDATE tessera.logout_deliveries d SET attempts = d.attempts + 1, "
    "next_attempt_time = now() + make_interval(secs => $1) FROM due, tessera.projects p "
    "WHERE d.project_id = due.project_id AND d.delivery_id = due.delivery_id AND p.project_id = d.project_id "
    "RETURNING d.project_id, p.slug, d.delivery_id, d.client_id, d.session_id, d.user_id, d.attempts, "
    "(extract(epoch FROM d.create_time) * 1000000)::bigint AS create_us"};

#define HELD_BY_US                                                                                           \
    " WHERE project_id = $1 AND delivery_id = $2 AND attempts = $3 AND sent_time IS NULL AND failed_time "   \
    "IS NULL"

constexpr Statement sent = {
    "logout_deliveries.sent", "tessera_system",
    "UPDATE tessera.logout_deliveries SET sent_time = now(), last_error = NULL" HELD_BY_US};
constexpr Statement failed = {
    "logout_deliveries.failed", "tessera_system",
    "UPDATE tessera.logout_deliveries SET failed_time = now(), last_error = $4" HELD_BY_US};
constexpr Statement postpone = {
    "logout_deliveries.postpone", "tessera_system",
    "UPDATE tessera.logout_deliveries SET next_attempt_time = now() + make_interval(secs => $5), "
    "last_error = $4" HELD_BY_US};
constexpr Statement defer = {
    "logout_deliveries.defer", "tessera_system",
    "UPDATE tessera.logout_deliveries SET attempts = attempts - 1, "
    "next_attempt_time = now() + make_interval(secs => $5), last_error = $4" HELD_BY_US};

#undef HELD_BY_US

constexpr Statement frontchannel = {
    "logout_deliveries.frontchannel", "tessera_app",
    "SELECT c.client_id FROM tessera.session_clients s "
    "JOIN tessera.clients c ON c.client_id = s.client_id "
    "WHERE s.session_id = $1 AND c.frontchannel_logout_uri IS NOT NULL AND NOT c.disabled "
    "ORDER BY c.client_id LIMIT 50"};

DueLogout read_due(const pqxx::row& row)
{
    DueLogout due;
    due.project = ProjectId{parse_row_uuid(row["project_id"])};
    due.slug = row["slug"].as<std::string>();
    due.id = LogoutDeliveryId{parse_row_uuid(row["delivery_id"])};
    due.client = ClientId{parse_row_uuid(row["client_id"])};
    due.session = SessionId{parse_row_uuid(row["session_id"])};
    due.user = UserId{parse_row_uuid(row["user_id"])};
    due.attempts = row["attempts"].as<int>();
    due.create_time = parse_instant(row["create_us"]);
    return due;
}

// What they say goes to an operator's screen: bounded, and never more than was kept.
std::string bounded(const std::string& error) { return error.substr(0, error_bytes_max); }

template <class... Args>
Result<bool, StoreError> settle(Pool& system_pool, const Statement& statement, const DueLogout& logout,
                                const Args&... args)
{
    TRY(auto&& transaction, Transaction::begin(system_pool, SystemScope{"settle a delivery of a logout"}));
    TRY(auto&& rows, run(transaction, statement, to_string(logout.project.uuid), to_string(logout.id.uuid),
                         logout.attempts, args...));
    TRY(transaction.commit());
    return rows.affected_rows() == 1;
}

}  // namespace

const std::vector<Statement>& logout_delivery_statements()
{
    static const std::vector<Statement> all = {lease, sent, failed, postpone, defer, frontchannel};
    return all;
}

Result<std::vector<DueLogout>, StoreError> lease_logouts(Pool& system_pool, std::size_t limit, Seconds wait,
                                                         const std::vector<ProjectId>& but)
{
    ArrayColumn left_out;
    for (const ProjectId project : but) {
        left_out.add(to_string(project.uuid));
    }
    TRY(auto&& transaction,
        Transaction::begin(system_pool, SystemScope{"take deliveries of logouts that are due"}));
    TRY(auto&& rows, run(transaction, lease, wait.count(), limit, left_out.finish()));
    TRY(transaction.commit());
    std::vector<DueLogout> due;
    for (const auto& row : rows) {
        due.push_back(read_due(row));
    }
    return due;
}

Result<bool, StoreError> mark_logout_sent(Pool& system_pool, const DueLogout& logout)
{
    return settle(system_pool, sent, logout);
}

Result<bool, StoreError> mark_logout_failed(Pool& system_pool, const DueLogout& logout,
                                            const std::string& error)
{
    return settle(system_pool, failed, logout, bounded(error));
}

Result<bool, StoreError> postpone_logout(Pool& system_pool, const DueLogout& logout, const std::string& error,
                                         Seconds wait)
{
    return settle(system_pool, postpone, logout, bounded(error), wait.count());
}

Result<bool, StoreError> defer_logout(Pool& system_pool, const DueLogout& logout, const std::string& error,
                                      Seconds wait)
{
    return settle(system_pool, defer, logout, bounded(error), wait.count());
}

Result<std::vector<ClientId>, StoreError> list_frontchannel_logout_clients(Transaction& transaction,
                                                                           SessionId session)
{
    TRY(auto&& rows, run(transaction, frontchannel, to_string(session.uuid)));
    std::vector<ClientId> clients;
    for (const auto& row : rows) {
        clients.push_back({parse_row_uuid(row["client_id"])});
    }
    return clients;
}

}  // namespace tessera::storage
