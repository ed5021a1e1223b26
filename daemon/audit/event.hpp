// An audit event before it is stored. The catalogue (catalogue.hpp) lists every type and the fields its body may have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/json.hpp"
#include "daemon/http/request.hpp"
#include "storage/repositories/audit_events.hpp"

namespace tessera::audit {

enum class EventType;  // catalogue.hpp

enum class EventResult { success, refused, failed };

enum class PrincipalKind { client, oper, user, agent, system };

struct Principal {
    PrincipalKind kind = PrincipalKind::system;
    std::string id;  // prefixed id, "uid:0" for an operator, empty when unknown
};

struct Target {
    std::string kind;  // "resource", "client", "keyring"
    std::string id;
};

struct Event {
    EventType type;
    EventResult result = EventResult::success;
    ProjectId project{};  // nil for the appliance itself
    Principal principal{};
    std::string client_id{};
    std::string session_id{};  // the browser session it happened in or that it is about
    Target target{};
    std::string authority{};
    std::string error_code{};
    json::object body{};
    // Who and whence, from the request (add_request fills them).
    std::string ip{};
    std::string user_agent{};
    std::string request_id{};
    std::string trace_id{};
};

// The network fields of an event.
void add_request(Event& event, const http::Request& request);

// The row to store: id (UUIDv7 of `now`), canonical body, every text escaped so that PostgreSQL and any log take it: NUL,
// control characters and invalid UTF-8 become \xNN; over-long texts are cut with a mark. Never fails on input.
storage::AuditRow to_row(const Event& event, Instant now);

}  // namespace tessera::audit
