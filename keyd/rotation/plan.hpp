// What a keyring needs next. Pure: the driver (keyd/rotation/rotation.hpp) performs it and asks again.
//
// The rules, in the order of the plan:
//   * every algorithm has one ACTIVE key; when it has none, the best standby becomes active at once, READY or not: a keyring
//     that cannot sign is worse than a cache that has to fetch again;
//   * every algorithm has a standby, published at once, so that a planned or an emergency rotation never waits for a key;
//   * an ACTIVE key older than the rotation period gives way when its standby is READY, never before;
//   * a RETIRED key stays in the JWKS until the last token it can have signed has expired everywhere;
//   * a REMOVED key is destroyed after the delay.
// A keyring with a key that its token does not hold makes no new keys and starts no rotation: the wrong token may be plugged in.
#pragma once

#include <span>

#include "keyd/keyring/records.hpp"

namespace tessera::keyd {

enum class ActionKind {
    wait,
    generate,  // a standby of `algorithm`
    publish,   // `key`: enters the JWKS
    activate,  // `key`: signs from now on; the ACTIVE one of the same algorithm retires at the same instant
    remove,    // `key`: leaves the JWKS
    destroy,   // `key`: C_DestroyObject
};

struct Action {
    ActionKind kind = ActionKind::wait;
    KeyId key{};
    v1::Algorithm algorithm = v1::ALGORITHM_UNSPECIFIED;
    Instant look_again = Instant::max();  // for wait: when there may be something to do
};

// Early calls are harmless: they answer wait.
Action next_action(const KeyringRecord& keyring, std::span<const KeyRecord> keys, Instant now);

// From when every cache that honours max-age (and every SDK that caches an hour) holds a key published at `published`.
Instant ready_instant(const KeyringRecord& keyring, Instant published);
// From when no token signed by a key retired at `retired` is alive.
Instant removal_instant(const KeyringRecord& keyring, Instant retired);

// The standby an activation takes: READY before PUBLISHED before CREATED, the oldest of those. nullptr when there is none
// that its token holds.
const KeyRecord* best_standby(std::span<const KeyRecord> keys, v1::Algorithm algorithm, Instant now);
const KeyRecord* find_active(std::span<const KeyRecord> keys, v1::Algorithm algorithm, Instant now);

}  // namespace tessera::keyd
