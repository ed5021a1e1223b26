#include "daemon/api/console/realm_work.hpp"

#include "storage/repositories/audit_events.hpp"

namespace tessera::api::console {

namespace {

using Found = Result<std::optional<storage::Project>, ApiError>;

constexpr std::int64_t year_10000_s = 253'402'300'800;

}  // namespace

Async<Result<storage::Project, ApiError>> load_project(Call& call, std::string slug_or_id)
{
    Found found = std::nullopt;
    if (const auto id = ProjectId::parse(slug_or_id)) {
        found = co_await in_realm(call, *id, [id](storage::Transaction& transaction) -> Found {
            TRY(auto&& project, storage::find_project(transaction, *id));
            return std::move(project);
        });
    } else {
        const storage::SystemScope why{"console: find the project an operator names by its slug"};
        found = co_await in_system(call, why, [&slug_or_id](storage::Transaction& transaction) -> Found {
            TRY(auto&& project, storage::find_project_by_slug(transaction, slug_or_id));
            return std::move(project);
        });
    }
    if (!found) {
        co_return found.error();
    }
    if (!found.value()) {
        co_return not_found();
    }
    call.project = found.value()->id;
    co_return std::move(*found.value());
}

Result<void, ApiError> record(storage::Transaction& transaction, const Call& call, const audit::Event& event)
{
    TRY(storage::insert_audit_event(transaction, audit::to_row(event, call.front.clock.now())));
    return ok();
}

void set_time(google::protobuf::Timestamp* out, Instant instant)
{
    const std::int64_t us = instant.time_since_epoch().count();
    const std::int64_t seconds = to_unix_s(instant);
    out->set_seconds(seconds);
    out->set_nanos(static_cast<std::int32_t>((us - seconds * 1'000'000) * 1000));
}

Result<Instant, ApiError> read_time(const google::protobuf::Timestamp& time, std::string_view field)
{
    if (time.seconds() < 0 || time.seconds() >= year_10000_s) {
        return invalid(std::string{field}, "is out of range");
    }
    return from_unix_s(time.seconds()) + Microseconds{time.nanos() / 1000};
}

json::array json_list(const std::vector<std::string>& texts)
{
    json::array out;
    for (const std::string& text : texts) {
        out.emplace_back(text);
    }
    return out;
}

}  // namespace tessera::api::console
