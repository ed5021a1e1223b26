// The canonical encoding of a stored event: one RFC 8785 (JCS) line. The same event always gives the same bytes, so that
// the log can become a Merkle log without changing its writers.
#pragma once

#include <string>

#include "storage/repositories/audit_events.hpp"

namespace tessera::audit {

// The bytes of what was recorded: never includes the position, which is given later. Without a line end. Absent members are
// left out.
std::string canonical_event(const storage::AuditRow& row);

// As exported: canonical_event with "position" as one more member (absent while the event has none).
std::string export_line(const storage::PositionedAuditRow& event);

}  // namespace tessera::audit
