// What keyd says about itself, from memory only.
#pragma once

#include "keyd/server/operation.hpp"

namespace tessera::keyd::server {

v1::Health health_of(const Rooms& rooms);
v1::TokenHealth health_of(const NamedToken& named);

// True when a watcher must be told: a state, a reason, an epoch or the alarms differ; counters alone do not count.
bool differs(const v1::Health& before, const v1::Health& now);

}  // namespace tessera::keyd::server
