// tessera audit list|follow|export
#include <iostream>
#include <thread>

#include "base/clock.hpp"
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

constexpr Milliseconds follow_every{500};

#define AUDIT_FILTERS                                                                                        \
    {"type", "TYPE", "an event type, or a prefix that ends in a dot"},                                       \
        {"result", "RESULT", "success, refused or failed"},                                                  \
        {"principal-kind", "KIND", "client, operator, user, agent or system"},                               \
        {"principal-id", "ID", "who did it"}, {"client-id", "ID", "through which client"},                   \
        {"session-id", "ID", "in which session"}, {"ip", "ADDRESS", "from where"},                           \
        {"user-agent", "TEXT", "with which program"}, {"target-kind", "KIND", "what it was done to"},        \
        {"target-id", "ID", "which one"}, {"authority", "TEXT", "what allowed it"},                          \
        {"error-code", "CODE", "why it was refused"}, {"request-id", "ID", "of one request"},                \
        {"trace-id", "ID", "of one trace"}, {"from", "TIME", "RFC 3339, inclusive"},                         \
        {"before", "TIME", "RFC 3339, exclusive"}, {"id", "ID", "one event"},                                \
        {"project", "PROJECT", "a slug or an id; \"appliance\" for what belongs to none"}, socket_option

constexpr Option list_options[] = {
    {"limit", "N", "how many; 50 when left out"}, {"oldest-first", "", "in the log's order"}, AUDIT_FILTERS};
constexpr Option follow_options[] = {AUDIT_FILTERS};

#undef AUDIT_FILTERS

constexpr std::pair<std::string_view, std::string_view> filters[] = {{"type", "type"},
                                                                     {"result", "result"},
                                                                     {"principal-kind", "principalKind"},
                                                                     {"principal-id", "principalId"},
                                                                     {"client-id", "clientId"},
                                                                     {"session-id", "sessionId"},
                                                                     {"ip", "ip"},
                                                                     {"user-agent", "userAgent"},
                                                                     {"target-kind", "targetKind"},
                                                                     {"target-id", "targetId"},
                                                                     {"authority", "authority"},
                                                                     {"error-code", "errorCode"},
                                                                     {"request-id", "requestId"},
                                                                     {"trace-id", "traceId"},
                                                                     {"from", "from"},
                                                                     {"before", "before"},
                                                                     {"id", "id"}};

Query filter_query(const Invocation& invocation)
{
    Query query;
    for (const auto& [option, member] : filters) {
        query.add("filter." + std::string{member}, invocation.find(option).value_or(""));
    }
    return query;
}

const std::vector<Column> columns = {
    {"POSITION", "position"},     {"TIME", "occurred"},   {"TYPE", "type"},       {"RESULT", "result"},
    {"PRINCIPAL", "principalId"}, {"TARGET", "targetId"}, {"ERROR", "errorCode"}, {"IP", "ip"}};

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, "audit"));
    Query query = filter_query(invocation);
    query.add("pageSize", invocation.find("limit").value_or("50"));
    query.add("oldestFirst", invocation.has("oldest-first") ? "true" : "");
    TRY(auto&& answer, ConsoleClient(invocation, environment).get(query.target(path)));
    const json::value* events = answer.get_object().if_contains("events");
    const json::array none;
    const json::array& rows = events == nullptr ? none : events->get_array();
    if (invocation.json()) {
        print_json(json::object{{"events", rows}});
    } else {
        print_table(columns, rows);
    }
    return ok();
}

void print_event(const Invocation& invocation, const json::value& event)
{
    if (invocation.json()) {
        print_json(event);
        return;
    }
    std::string line;
    for (const Column& column : columns) {
        const std::string text = text_of(event, column.member);
        line += (line.empty() ? "" : "  ") + (text.empty() ? std::string{"-"} : text);
    }
    std::cout << line << std::endl;
}

// Starts with the events that come after the call, or with everything that fits when --from is given.
CommandResult follow(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, "audit"));
    const ConsoleClient console{invocation, environment};
    std::string position = "0";
    if (!invocation.has("from")) {
        Query last;
        last.add("pageSize", "1");
        TRY(auto&& newest, console.get(last.target(path)));
        if (const auto* events = newest.get_object().if_contains("events");
            events != nullptr && !events->get_array().empty()) {
            position = text_of(events->get_array()[0], "position");
        }
    }
    for (;;) {
        Query query = filter_query(invocation);
        query.add("oldestFirst", "true").add("afterPosition", position.empty() ? "0" : position);
        TRY(auto&& answer, console.get(query.target(path)));
        const auto* events = answer.get_object().if_contains("events");
        if (events == nullptr || events->get_array().empty()) {
            std::this_thread::sleep_for(follow_every);
            continue;
        }
        for (const json::value& event : events->get_array()) {
            print_event(invocation, event);
            position = text_of(event, "position");
        }
        std::cout.flush();
    }
}

CommandResult export_lines(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, "audit/export"));
    const ConsoleClient console{invocation, environment};
    json::object filter;
    for (const auto& [option, member] : filters) {
        if (const auto value = invocation.find(option)) {
            filter[json::string_view{member.data(), member.size()}] = *value;
        }
    }
    std::string page_token;
    do {
        json::object body;
        body["filter"] = filter;
        body["pageSize"] = 1000;
        body["pageToken"] = page_token;
        TRY(auto&& answer, console.call("POST", path, body));
        if (const auto* lines = answer.get_object().if_contains("lines")) {
            for (const json::value& line : lines->get_array()) {
                std::cout << std::string_view{line.get_string().data(), line.get_string().size()} << '\n';
            }
        }
        page_token = text_of(answer, "nextPageToken");
    } while (!page_token.empty());
    return ok();
}

constexpr Command table[] = {
    {"audit", "list", "", "Events of a project, newest first.", list_options, list},
    {"audit", "follow", "", "Print events as they get their final place, until interrupted.", follow_options,
     follow},
    {"audit", "export", "", "Every event that fits as canonical JSON lines, oldest first; is audited itself.",
     follow_options, export_lines},
};

}  // namespace

std::span<const Command> audit_commands() { return table; }

}  // namespace tessera::commands
