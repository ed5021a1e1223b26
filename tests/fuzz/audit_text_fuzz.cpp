// Audit events and log lines are full of text from outside, and events are read back from a database that others may have written
// to: whatever it is, a row takes it, and an export is one clean line of canonical JSON. The input's lines: address, user
// agent, principal, target, the body.
#include <algorithm>
#include <string>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/encoding.hpp"
#include "daemon/audit/escape.hpp"
#include "daemon/audit/event.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

constexpr JsonLimits line_limits{.bytes_max = 1024 * 1024, .depth_max = 32};

bool is_clean(std::string_view text)
{
    return is_utf8(text)
           && std::ranges::none_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

json::object check_line(const storage::AuditRow& row)
{
    const std::string line = audit::export_line({row, 7});
    ASSERT(is_utf8(line) && line.find('\n') == std::string::npos && line.find('\0') == std::string::npos);
    const auto parsed = parse_json_object(line, line_limits);
    ASSERT(parsed.has_value() && canonical_json(parsed.value()) == line);
    ASSERT(parsed.value().at("position").to_number<std::int64_t>() == 7);
    return parsed.value();
}

void check_escape(std::string_view text)
{
    for (const std::size_t bytes_max : {std::size_t{16}, std::size_t{64}, audit::text_bytes_max}) {
        const std::string escaped = audit::escape_text(text, bytes_max);
        ASSERT(is_clean(escaped) && escaped.size() <= bytes_max);
        // Two texts never look the same: the backslash is escaped as well.
        ASSERT(escaped != text || text.find('\\') == std::string_view::npos);
    }
}

storage::AuditRow row_of(std::string_view& rest)
{
    audit::Event event{.type = audit::EventType::operator_refused};
    event.ip = fuzz::cut_line(rest);
    event.user_agent = fuzz::cut_line(rest);
    event.principal = {audit::PrincipalKind::client, std::string{fuzz::cut_line(rest)}};
    event.target = {"resource", std::string{fuzz::cut_line(rest)}};
    event.body["operation"] = rest;
    if (auto value = parse_json(rest, {.bytes_max = rest.size(), .depth_max = 32})) {
        event.body["reason"] = std::move(value.value());
    }
    return audit::to_row(event, from_unix_s(1'800'000'000));
}

void check_log(std::string_view text)
{
    const std::string line = log::render(log::Level::info, text, text, {{"detail", text}});
    ASSERT(is_utf8(line) && line.find('\n') == std::string::npos);
    ASSERT(parse_json_object(line, line_limits).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest = fuzz::as_input(data, size);
    check_escape(rest);
    check_log(rest);
    storage::AuditRow row = row_of(rest);
    for (const std::string* text : {&row.ip, &row.user_agent, &row.principal_id, &row.target_id, &row.body}) {
        ASSERT(is_clean(*text));
    }
    const auto body = parse_json_object(row.body, line_limits);
    ASSERT(body.has_value() && canonical_json(body.value()) == row.body);
    ASSERT(check_line(row).at("body") == body.value());
    // PostgreSQL holds UTF-8 without NUL, and nothing else is known of what it gives back.
    if (is_utf8(rest) && rest.find('\0') == std::string_view::npos) {
        row.act_chain = row.body = row.user_agent = rest;
        check_line(row);
    }
    return 0;
}
