#include "keyd/rotation/transitions.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "keyd/rotation/plan.hpp"

namespace tessera::keyd {

KeyRecord& key_of(Ring& ring, const KeyId& id)
{
    const auto found = std::ranges::find(ring.keys, id, &KeyRecord::id);
    ASSERT(found != ring.keys.end());
    return *found;
}

void publish(Ring& ring, const KeyId& id, Instant now)
{
    KeyRecord& key = key_of(ring, id);
    key.published = now;
    key.ready = ready_instant(ring.record, now);
}

void activate(Ring& ring, const KeyId& id, Instant now)
{
    const KeyRecord* before = find_active(ring.keys, key_of(ring, id).algorithm, now);
    if (before != nullptr) {
        key_of(ring, before->id).retired = now;
    }
    KeyRecord& key = key_of(ring, id);
    if (!key.published) {
        publish(ring, id, now);
    }
    key.active = now;
}

void remove(Ring& ring, const KeyId& id, Instant now) { key_of(ring, id).removed = now; }

}  // namespace tessera::keyd
