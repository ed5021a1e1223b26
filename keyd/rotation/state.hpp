// The state of a key, derived from its instants.
#pragma once

#include "keyd/keyring/records.hpp"

namespace tessera::keyd {

// Pure and total. `now` never runs backwards for one keyd (keyd/rotation/clock_guard.hpp), so no state does.
v1::KeyState state(const KeyRecord& key, Instant now);

// In the JWKS: PUBLISHED, READY, ACTIVE or RETIRED.
bool is_in_jwks(const KeyRecord& key, Instant now);

// May still sign one day: CREATED, PUBLISHED or READY.
bool is_standby(const KeyRecord& key, Instant now);

}  // namespace tessera::keyd
