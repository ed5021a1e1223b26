#include "daemon/audit/encoding.hpp"

#include <string_view>

#include "base/json.hpp"

namespace tessera::audit {

namespace {

constexpr JsonLimits stored_limits{64 * 1024, 16};

void put(json::object& out, std::string_view name, std::string_view text)
{
    if (!text.empty()) {
        out[name] = text;
    }
}

// Stored canonical JSON; text that is none (another writer's) is kept as text rather than lost.
void put_json(json::object& out, std::string_view name, std::string_view text)
{
    if (text.empty()) {
        return;
    }
    auto value = parse_json(text, stored_limits);
    if (value && !has_double(value.value())) {
        out[name] = std::move(value.value());
    } else {
        out[name] = text;
    }
}

json::object to_object(const storage::AuditRow& row)
{
    json::object out;
    put(out, "id", row.id.to_string());
    put(out, "project", row.project.uuid.is_nil() ? std::string{} : row.project.to_string());
    put(out, "time", to_rfc3339(row.occurred));
    put(out, "type", row.type);
    put(out, "result", row.result);
    put(out, "principal_kind", row.principal_kind);
    put(out, "principal_id", row.principal_id);
    put_json(out, "act_chain", row.act_chain);
    put(out, "client_id", row.client_id);
    put(out, "session_id", row.session_id);
    put(out, "ip", row.ip);
    put(out, "user_agent", row.user_agent);
    put(out, "target_kind", row.target_kind);
    put(out, "target_id", row.target_id);
    put(out, "authority", row.authority);
    put(out, "error_code", row.error_code);
    put(out, "request_id", row.request_id);
    put(out, "trace_id", row.trace_id);
    put_json(out, "body", row.body);
    return out;
}

}  // namespace

std::string canonical_event(const storage::AuditRow& row) { return canonical_json(to_object(row)); }

std::string export_line(const storage::PositionedAuditRow& event)
{
    json::object out = to_object(event.row);
    if (event.position > 0) {
        out["position"] = event.position;
    }
    return canonical_json(out);
}

}  // namespace tessera::audit
