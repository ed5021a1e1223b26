#include "keyd/rotation/state.hpp"

namespace tessera::keyd {

namespace {

bool has_come(const std::optional<Instant>& instant, Instant now) { return instant && *instant <= now; }

}  // namespace

v1::KeyState state(const KeyRecord& key, Instant now)
{
    if (has_come(key.destroyed, now)) {
        return v1::DESTROYED;
    }
    if (has_come(key.removed, now) || has_come(key.compromised, now)) {
        return v1::REMOVED;
    }
    if (has_come(key.retired, now)) {
        return v1::RETIRED;
    }
    if (has_come(key.active, now)) {
        return v1::ACTIVE;
    }
    if (has_come(key.published, now)) {
        return has_come(key.ready, now) ? v1::READY : v1::PUBLISHED;
    }
    return v1::CREATED;
}

bool is_in_jwks(const KeyRecord& key, Instant now)
{
    switch (state(key, now)) {
    case v1::PUBLISHED:
    case v1::READY:
    case v1::ACTIVE:
    case v1::RETIRED: return true;
    default: return false;
    }
}

bool is_standby(const KeyRecord& key, Instant now)
{
    switch (state(key, now)) {
    case v1::CREATED:
    case v1::PUBLISHED:
    case v1::READY: return true;
    default: return false;
    }
}

}  // namespace tessera::keyd
