// A place in the audit trail as the text a page token holds: "<position> <id>".
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/api/error.hpp"
#include "storage/repositories/audit_events.hpp"

namespace tessera::api::console {

std::string to_text(const storage::AuditCursor& cursor);

// The start for an empty text; invalid_argument for one that to_text did not write.
Result<storage::AuditCursor, ApiError> parse_audit_cursor(std::string_view text);

}  // namespace tessera::api::console
