#include "daemon/api/console/audit_cursor.hpp"

#include <charconv>

#include <fmt/format.h>

namespace tessera::api::console {

std::string to_text(const storage::AuditCursor& cursor)
{
    return fmt::format("{} {}", cursor.position, cursor.id.to_string());
}

Result<storage::AuditCursor, ApiError> parse_audit_cursor(std::string_view text)
{
    storage::AuditCursor cursor;
    if (text.empty()) {
        return cursor;
    }
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), cursor.position);
    const std::string_view rest = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto id = AuditEventId::parse(rest.starts_with(' ') ? rest.substr(1) : std::string_view{});
    cursor.id = id.value_or(AuditEventId{});
    // A number has several spellings, and a place one.
    if (code != std::errc{} || cursor.position < 0 || !id || to_text(cursor) != text) {
        return invalid("pageToken", "not a token of this list with these filters");
    }
    return cursor;
}

}  // namespace tessera::api::console
