// A ring as others see it.
#pragma once

#include <string>

#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

// RFC 7517 §5: every key that is published, ready, active or retired.
std::string jwks_of(const Ring& ring, Instant now);

// For the front: no keys, no issuers.
v1::KeyringView front_view(const Ring& ring, Instant now);

v1::KeyView key_view(const KeyRecord& key, Instant now);

}  // namespace tessera::keyd
