// The audit trail, read and exported. Nothing here changes it.
#include <boost/asio/ip/address.hpp>

#include "daemon/api/console/audit_cursor.hpp"
#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/console/realm_work.hpp"
#include "daemon/api/page_token.hpp"
#include "daemon/audit/encoding.hpp"
#include "storage/repositories/audit_events.hpp"

namespace tessera::api::console {

namespace v1 = ::tessera::console::v1;

namespace {

using Rows = std::vector<storage::PositionedAuditRow>;

constexpr std::size_t page_default = 100;
constexpr std::size_t page_max = 1000;
constexpr std::string_view appliance = "appliance";

Async<Result<ProjectId, ApiError>> log_of(Call& call, std::string reference)
{
    if (reference == appliance) {
        co_return ProjectId{};
    }
    CO_TRY(auto&& project, co_await load_project(call, std::move(reference)));
    co_return project.id;
}

Result<storage::AuditFilter, ApiError> to_filter(const v1::AuditFilter& asked)
{
    storage::AuditFilter out;
    out.type = asked.type();
    out.result = asked.result();
    out.principal_kind = asked.principal_kind();
    out.principal_id = asked.principal_id();
    out.client_id = asked.client_id();
    out.session_id = asked.session_id();
    if (!asked.ip().empty()) {
        boost::system::error_code wrong;
        out.ip = boost::asio::ip::make_address(asked.ip(), wrong).to_string();
        if (wrong) {
            return invalid("filter.ip", "is not an IP address");
        }
    }
    out.user_agent = asked.user_agent();
    out.target_kind = asked.target_kind();
    out.target_id = asked.target_id();
    out.authority = asked.authority();
    out.error_code = asked.error_code();
    out.request_id = asked.request_id();
    out.trace_id = asked.trace_id();
    if (asked.has_from()) {
        TRY(out.from, read_time(asked.from(), "filter.from"));
    }
    if (asked.has_before()) {
        TRY(out.before, read_time(asked.before(), "filter.before"));
    }
    if (!asked.id().empty()) {
        out.id = AuditEventId::parse(asked.id());
        if (!out.id) {
            return invalid("filter.id", "is not the id of an audit event");
        }
    }
    return out;
}

v1::AuditEvent to_message(const storage::PositionedAuditRow& event)
{
    const storage::AuditRow& row = event.row;
    v1::AuditEvent out;
    out.set_id(row.id.to_string());
    out.set_position(event.position);
    set_time(out.mutable_occurred(), row.occurred);
    out.set_type(row.type);
    out.set_result(row.result);
    out.set_principal_kind(row.principal_kind);
    out.set_principal_id(row.principal_id);
    out.set_act_chain(row.act_chain);
    out.set_client_id(row.client_id);
    out.set_session_id(row.session_id);
    out.set_ip(row.ip);
    out.set_user_agent(row.user_agent);
    out.set_target_kind(row.target_kind);
    out.set_target_id(row.target_id);
    out.set_authority(row.authority);
    out.set_error_code(row.error_code);
    out.set_request_id(row.request_id);
    out.set_trace_id(row.trace_id);
    out.set_body(row.body);
    return out;
}

std::string next_page(std::string_view list, std::string_view binding,
                      const storage::PositionedAuditRow& last)
{
    return make_page_token(list, binding, to_text({last.position, last.row.id}));
}

Async<Result<Rows, ApiError>> read_rows(Call& call, ProjectId project, storage::AuditFilter filter,
                                        storage::AuditCursor after, std::size_t limit)
{
    co_return co_await in_realm(
        call, project, [&](storage::Transaction& transaction) -> Result<Rows, ApiError> {
            TRY(auto&& rows, storage::list_audit_events(transaction, filter, after, limit));
            return std::move(rows);
        });
}

std::string binding_of(ProjectId project, const v1::AuditFilter& filter, bool oldest_first)
{
    return project.to_string() + (oldest_first ? " up " : " down ") + filter.SerializeAsString();
}

// Durable before the page leaves the appliance.
Async<Result<void, ApiError>> record_export(Call& call, ProjectId project, const v1::AuditFilter& filter,
                                            std::size_t count)
{
    audit::Event event = event_of(call, audit::EventType::audit_exported, audit::EventResult::success);
    event.project = project;
    event.target = {"audit", project.uuid.is_nil() ? std::string{appliance} : project.to_string()};
    event.body = {{"filter", write_json(filter)}, {"count", count}};
    auto row = audit::to_row(event, call.front.clock.now());
    CO_TRY(co_await call.front.audit.append({std::move(row), std::nullopt}));
    co_return ok();
}

}  // namespace

Async<Result<v1::ListAuditEventsResponse, ApiError>> list_audit_events(Call& call,
                                                                       v1::ListAuditEventsRequest request)
{
    CO_TRY(const auto project, co_await log_of(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    CO_TRY(auto&& filter, to_filter(request.filter()));
    filter.oldest_first = request.oldest_first();
    const std::string binding = binding_of(project, request.filter(), filter.oldest_first);
    CO_TRY(auto&& token, read_page_token("audit", binding, request.page_token()));
    CO_TRY(auto&& after, parse_audit_cursor(token));
    if (request.after_position() > 0 && token.empty()) {
        if (!filter.oldest_first) {
            co_return invalid("afterPosition", "needs oldestFirst");
        }
        after.position = request.after_position();
    }
    CO_TRY(auto&& rows, co_await read_rows(call, project, filter, after, size + 1));
    v1::ListAuditEventsResponse response;
    if (rows.size() > size) {
        rows.pop_back();
        response.set_next_page_token(next_page("audit", binding, rows.back()));
    }
    for (const auto& row : rows) {
        *response.add_events() = to_message(row);
    }
    co_return response;
}

Async<Result<v1::ExportAuditEventsResponse, ApiError>>
export_audit_events(Call& call, v1::ExportAuditEventsRequest request)
{
    CO_TRY(const auto project, co_await log_of(call, request.project()));
    CO_TRY(const auto size, page_size(request.page_size(), page_default, page_max));
    CO_TRY(auto&& filter, to_filter(request.filter()));
    filter.oldest_first = true;
    const std::string binding = binding_of(project, request.filter(), true);
    CO_TRY(auto&& token, read_page_token("audit export", binding, request.page_token()));
    CO_TRY(auto&& after, parse_audit_cursor(token));
    CO_TRY(auto&& rows, co_await read_rows(call, project, filter, after, size + 1));
    v1::ExportAuditEventsResponse response;
    const bool more = rows.size() > size;
    rows.resize(std::min(rows.size(), size));
    // An event without its place yet would come again with it: it belongs to the next export.
    while (!rows.empty() && rows.back().position == 0) {
        rows.pop_back();
    }
    if (more && !rows.empty()) {
        response.set_next_page_token(next_page("audit export", binding, rows.back()));
    }
    for (const auto& row : rows) {
        response.add_lines(audit::export_line(row));
    }
    CO_TRY(co_await record_export(call, project, request.filter(), rows.size()));
    co_return response;
}

}  // namespace tessera::api::console
