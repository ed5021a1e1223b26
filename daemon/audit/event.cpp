#include "daemon/audit/event.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/escape.hpp"

namespace tessera::audit {

namespace {

constexpr std::size_t body_bytes_max = 8 * 1024;
constexpr std::size_t body_elements_max = 64;
constexpr std::size_t body_depth_max = 3;
constexpr std::size_t id_bytes_max = 256;

std::string_view to_string(EventResult result)
{
    switch (result) {
    case EventResult::success: return "success";
    case EventResult::refused: return "refused";
    case EventResult::failed: return "failed";
    }
    return "failed";
}

std::string_view to_string(PrincipalKind kind)
{
    switch (kind) {
    case PrincipalKind::client: return "client";
    case PrincipalKind::oper: return "operator";
    case PrincipalKind::user: return "user";
    case PrincipalKind::agent: return "agent";
    case PrincipalKind::system: return "system";
    }
    return "system";
}

json::value escaped(const json::value& value, std::size_t depth)
{
    if (const auto* text = value.if_string()) {
        return json::value(escape_text({text->data(), text->size()}));
    }
    if (value.is_double()) {
        return json::value("[number with a fraction]");  // the canonical form has none
    }
    if (depth == 0 && value.is_structured()) {
        return json::value(cut_mark);
    }
    if (const auto* array = value.if_array()) {
        json::array out;
        for (const auto& element : *array) {
            if (out.size() == body_elements_max) {
                out.emplace_back(cut_mark);
                break;
            }
            out.push_back(escaped(element, depth - 1));
        }
        return out;
    }
    if (const auto* object = value.if_object()) {
        json::object out;
        for (const auto& [name, member] : *object) {
            if (out.size() == body_elements_max) {
                break;
            }
            out[escape_text({name.data(), name.size()})] = escaped(member, depth - 1);
        }
        return out;
    }
    return value;
}

std::string canonical_body(const EventSpec& spec, const json::object& body)
{
    json::object out;
    for (const auto& [name, value] : body) {
        const std::string_view field{name.data(), name.size()};
        if (!spec.allows(field)) {
            log::error("audit_field_unlisted", {{"type", spec.name}, {"field", field}});
            continue;
        }
        out[name] = escaped(value, body_depth_max);
    }
    std::string text = canonical_json(out);
    // What is longest gives way first: an event that names no token for want of room would prove nothing.
    while (text.size() > body_bytes_max) {
        const auto longest = std::ranges::max_element(
            out, {}, [](const auto& member) { return canonical_json(member.value()).size(); });
        longest->value() = cut_mark;
        text = canonical_json(out);
    }
    return text;
}

}  // namespace

void add_request(Event& event, const http::Request& request)
{
    event.ip = request.peer.address;
    event.user_agent = request.find("user-agent");
    event.request_id = request.request_id;
    event.trace_id = request.trace_id;
}

storage::AuditRow to_row(const Event& event, Instant now)
{
    const EventSpec& spec = spec_of(event.type);
    storage::AuditRow row;
    row.id = AuditEventId::at(now);
    row.project = event.project;
    row.occurred = now;
    row.type = spec.name;
    row.result = to_string(event.result);
    row.principal_kind = to_string(event.principal.kind);
    row.principal_id = escape_text(event.principal.id, id_bytes_max);
    row.client_id = escape_text(event.client_id, id_bytes_max);
    row.session_id = escape_text(event.session_id, id_bytes_max);
    row.ip = escape_text(event.ip, id_bytes_max);
    row.user_agent = escape_text(event.user_agent);
    row.target_kind = escape_text(event.target.kind, id_bytes_max);
    row.target_id = escape_text(event.target.id);
    row.authority = escape_text(event.authority);
    row.error_code = escape_text(event.error_code, id_bytes_max);
    row.request_id = escape_text(event.request_id, id_bytes_max);
    row.trace_id = escape_text(event.trace_id, id_bytes_max);
    row.body = canonical_body(spec, event.body);
    return row;
}

}  // namespace tessera::audit
