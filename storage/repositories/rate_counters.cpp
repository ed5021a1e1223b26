#include "storage/repositories/rate_counters.hpp"

#include "base/digest.hpp"
#include "storage/repositories/statements.hpp"

namespace tessera::storage {

namespace {

constexpr Statement count = {
    "rate_counters.count", "tessera_app",
    "INSERT INTO tessera.rate_counters AS c (project_id, bucket, window_end, count) "
    "VALUES ($1, $2, $3::timestamptz + make_interval(secs => $4), 1) "
    "ON CONFLICT (project_id, bucket) DO UPDATE SET "
    "count = CASE WHEN c.window_end <= $3::timestamptz THEN 1 ELSE least(c.count, 1000000000) + 1 END, "
    "window_end = CASE WHEN c.window_end <= $3::timestamptz THEN excluded.window_end ELSE c.window_end END "
    "RETURNING count, (extract(epoch FROM window_end) * 1000000)::bigint AS end_us"};
constexpr Statement uncount = {
    "rate_counters.uncount", "tessera_app",
    "UPDATE tessera.rate_counters SET count = count - 1 WHERE bucket = $1 AND count > 0"};
constexpr Statement reset = {"rate_counters.reset", "tessera_app",
                             "DELETE FROM tessera.rate_counters WHERE bucket = $1"};

}  // namespace

const std::vector<Statement>& rate_counter_statements()
{
    static const std::vector<Statement> all = {count, uncount, reset};
    return all;
}

Result<RateCount, StoreError> count_event(Transaction& transaction, ProjectId project, std::string_view what,
                                          Seconds window, Instant now)
{
    TRY(auto&& rows, run(transaction, count, to_string(project.uuid), bytes_literal(sha256(what)),
                         timestamp(now), window.count()));
    return RateCount{rows[0]["count"].as<std::int32_t>(), parse_instant(rows[0]["end_us"])};
}

Result<void, StoreError> uncount_event(Transaction& transaction, std::string_view what)
{
    TRY(run(transaction, uncount, bytes_literal(sha256(what))));
    return ok();
}

Result<void, StoreError> reset_count(Transaction& transaction, std::string_view what)
{
    TRY(run(transaction, reset, bytes_literal(sha256(what))));
    return ok();
}

}  // namespace tessera::storage
