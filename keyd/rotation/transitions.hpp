// The steps of a key's life, on a copy of its ring. Pure; the caller commits the copy.
#pragma once

#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

KeyRecord& key_of(Ring& ring, const KeyId& id);

// Enters the JWKS.
void publish(Ring& ring, const KeyId& key, Instant now);
// Signs from now on; the one that did retires at the same instant. Publishes it when it was not.
void activate(Ring& ring, const KeyId& key, Instant now);
// Leaves the JWKS.
void remove(Ring& ring, const KeyId& key, Instant now);

}  // namespace tessera::keyd
