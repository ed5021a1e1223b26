// A keyring changed: keyd pushes it to every loop of every front, and the trail has it once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "daemon/audit/writer.hpp"

namespace tessera::audit {

struct KeyringChange {
    KeyringId keyring;
    std::uint64_t revision = 0;
    std::vector<std::string> kids;  // published from now on
    bool destroyed = false;
};

// The kids of a JWK Set as keyd sends it; empty when it is none.
std::vector<std::string> kids_of(std::string_view jwks);

// The event, once per (keyring, revision).
storage::AuditEntry keyring_changed_entry(const KeyringChange& change, Instant now);

// Appends it, trying again while the store is away (about a minute): nothing waits for this event, so it can. The writer
// and the clock outlive the coroutine.
Async<void> record_keyring_change(Writer& writer, const Clock& clock, KeyringChange change);

}  // namespace tessera::audit
