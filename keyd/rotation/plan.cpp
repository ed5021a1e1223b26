#include "keyd/rotation/plan.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "keyd/rotation/state.hpp"

namespace tessera::keyd {

namespace {

// Delay between a change here and the last front that serves it, and requests in flight at that moment.
constexpr Seconds propagation{60};

bool holds_missing_key(std::span<const KeyRecord> keys, Instant now)
{
    return std::ranges::any_of(keys, [&](const KeyRecord& key) {
        return key.missing && state(key, now) != v1::REMOVED && state(key, now) != v1::DESTROYED;
    });
}

// What one algorithm needs so that it can sign, now and after the next rotation.
Action plan_signing(const KeyringRecord& keyring, std::span<const KeyRecord> keys, v1::Algorithm algorithm,
                    Instant now)
{
    const KeyRecord* active = find_active(keys, algorithm, now);
    const KeyRecord* standby = best_standby(keys, algorithm, now);
    if (standby == nullptr) {
        return {.kind = ActionKind::generate, .key = {}, .algorithm = algorithm, .look_again = now};
    }
    if (active == nullptr) {
        return {.kind = ActionKind::activate, .key = standby->id, .algorithm = algorithm, .look_again = now};
    }
    const v1::KeyState standby_state = state(*standby, now);
    if (standby_state == v1::CREATED) {
        return {.kind = ActionKind::publish, .key = standby->id, .algorithm = algorithm, .look_again = now};
    }
    const Instant due = std::max(*active->active + keyring.policy.rotation_period, *standby->ready);
    if (due <= now) {
        return {.kind = ActionKind::activate, .key = standby->id, .algorithm = algorithm, .look_again = now};
    }
    return {.kind = ActionKind::wait, .key = {}, .algorithm = algorithm, .look_again = due};
}

// The way out of one key.
Action plan_leaving(const KeyringRecord& keyring, const KeyRecord& key, Instant now)
{
    Action action{
        .kind = ActionKind::wait, .key = key.id, .algorithm = key.algorithm, .look_again = Instant::max()};
    switch (state(key, now)) {
    case v1::RETIRED:
        action.look_again = removal_instant(keyring, *key.retired);
        action.kind = action.look_again <= now ? ActionKind::remove : ActionKind::wait;
        break;
    case v1::REMOVED: {
        const Instant left = key.removed ? *key.removed : *key.compromised;
        action.look_again = keyring.destroyed ? now : left + keyring.policy.destroy_delay;
        action.kind = action.look_again <= now ? ActionKind::destroy : ActionKind::wait;
        break;
    }
    default: break;
    }
    return action;
}

int preference(v1::KeyState of) { return of == v1::READY ? 2 : of == v1::PUBLISHED ? 1 : 0; }

}  // namespace

Action next_action(const KeyringRecord& keyring, std::span<const KeyRecord> keys, Instant now)
{
    Action wait;
    if (!keyring.destroyed && !holds_missing_key(keys, now)) {
        for (const v1::Algorithm algorithm : keyring.algorithms) {
            const Action action = plan_signing(keyring, keys, algorithm, now);
            if (action.kind != ActionKind::wait) {
                return action;
            }
            wait.look_again = std::min(wait.look_again, action.look_again);
        }
    }
    for (const KeyRecord& key : keys) {
        const Action action = plan_leaving(keyring, key, now);
        if (action.kind != ActionKind::wait) {
            return action;
        }
        wait.look_again = std::min(wait.look_again, action.look_again);
    }
    return wait;
}

Instant ready_instant(const KeyringRecord& keyring, Instant published)
{
    return published + std::max(keyring.policy.publish_before, keyring.jwks_max_age_seen) + propagation;
}

Instant removal_instant(const KeyringRecord& keyring, Instant retired)
{
    // The front's clock may be ahead of ours by the skew (iat), and a verifier's behind by the skew (exp).
    return retired + keyring.lifetime_max_seen + 2 * limits::clock_skew + keyring.jwks_max_age_seen
           + propagation;
}

const KeyRecord* best_standby(std::span<const KeyRecord> keys, v1::Algorithm algorithm, Instant now)
{
    const KeyRecord* best = nullptr;
    for (const KeyRecord& key : keys) {
        if (key.algorithm != algorithm || key.missing || !is_standby(key, now)) {
            continue;
        }
        const auto rank = [&](const KeyRecord& of) { return preference(state(of, now)); };
        if (best == nullptr || rank(key) > rank(*best)
            || (rank(key) == rank(*best) && key.created < best->created)) {
            best = &key;
        }
    }
    return best;
}

const KeyRecord* find_active(std::span<const KeyRecord> keys, v1::Algorithm algorithm, Instant now)
{
    const auto found = std::ranges::find_if(keys, [&](const KeyRecord& key) {
        return key.algorithm == algorithm && state(key, now) == v1::ACTIVE;
    });
    return found == keys.end() ? nullptr : &*found;
}

}  // namespace tessera::keyd
