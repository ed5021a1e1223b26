// The driver of rotation: performs what the plan says, one durable step at a time. Management thread.
#pragma once

#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

// One step of one keyring: false when nothing is due. A step that fails raises an alarm and is tried again in a minute; the other
// keyrings go on.
bool rotate_one(Service& service, Instant now);

// Until the next keyring wants a look.
Milliseconds time_to_next(const Service& service, Instant now);

// Keeps the spare keys: makes one that is lacking. True when it made one.
Answer<bool> refill_spares(Service& service);

// Destroys a removed key on its token and notes it.
Answer<void> destroy_key(Service& service, Ring& ring, KeyId key, Instant now);

}  // namespace tessera::keyd
