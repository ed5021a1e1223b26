#include "keyd/rotation/rotation.hpp"

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

#include "keyd/keyring/algorithm.hpp"
#include "keyd/keyring/policy.hpp"
#include "keyd/keyring/token_refusal.hpp"
#include "keyd/rotation/plan.hpp"
#include "keyd/rotation/transitions.hpp"

namespace tessera::keyd {

namespace {

constexpr Milliseconds look_max{60'000};

constexpr Seconds failed_look_again{60};

JournalLine line_of(const Ring& ring, const KeyRecord& key, std::string operation, std::string detail)
{
    return {.uid = ::geteuid(),  // keyd's own act
            .operation = std::move(operation),
            .keyring = ring.record.id.to_string(),
            .kid = key.kid,
            .result = "ok",
            .detail = std::move(detail)};
}

// The standby goes into the JWKS in the same step as into the ring: a ring never holds a key that it does not publish.
Answer<void> add_standby(Service& service, const Ring& ring, v1::Algorithm algorithm, Instant now)
{
    TRY(auto key, service.take_key(ring.record.token, algorithm, ring.record.policy.rsa_bits));
    Ring next = ring;
    key.keyring = ring.record.id;
    const KeyId id = key.id;
    next.keys.push_back(std::move(key));
    publish(next, id, now);
    const JournalLine line =
        line_of(next, next.keys.back(), "publish_key", std::string{jose_name(algorithm)});
    return service.commit_ring(std::move(next), {}, {}, line);
}

Answer<void> perform(Service& service, Ring& ring, const Action& action, Instant now)
{
    if (action.kind == ActionKind::generate) {
        return add_standby(service, ring, action.algorithm, now);
    }
    if (action.kind == ActionKind::destroy) {
        return destroy_key(service, ring, action.key, now);
    }
    Ring next = ring;
    std::string operation;
    switch (action.kind) {
    case ActionKind::publish:
        publish(next, action.key, now);
        operation = "publish_key";
        break;
    case ActionKind::activate:
        activate(next, action.key, now);
        operation = "activate_key";
        break;
    default:
        remove(next, action.key, now);
        operation = "remove_key";
        break;
    }
    service.reached("rotation." + operation + ".before");
    const JournalLine line = line_of(next, key_of(next, action.key), std::move(operation), {});
    TRY(service.commit_ring(std::move(next), {}, {}, line));
    service.reached("rotation." + line.operation + ".after");
    return ok();
}

// What a token should have ready: spares for what EnsureRealmKeyring makes, on the token it makes it on.
std::size_t lacking(const Service& service, v1::Algorithm algorithm, std::uint32_t rsa_bits)
{
    const std::string& token = service.tokens.front().label;
    const auto ready = static_cast<std::size_t>(std::ranges::count_if(
        service.spares, [&](const KeyRecord& key) { return is_spare_for(key, token, algorithm, rsa_bits); }));
    return service.options.spare_keys > ready ? service.options.spare_keys - ready : 0;
}

}  // namespace

// The id by value: the commit below replaces the keys it may have come from.
Answer<void> destroy_key(Service& service, Ring& ring, KeyId id, Instant now)
{
    Ring next = ring;
    KeyRecord& key = key_of(next, id);
    pkcs11::Token* token = service.find_token(key.token);
    if (token == nullptr) {
        return Refusal{v1::TOKEN_UNKNOWN, fmt::format("no token {} is configured", key.token)};
    }
    service.reached("rotation.destroy_key.before");
    // Nothing there is success: a keyd that died after this line comes back to it.
    if (const auto destroyed = token->destroy(key.id.to_string(), token_deadline()); destroyed.has_error()) {
        return refusal_of(destroyed.error(), key.token);
    }
    service.reached("rotation.destroy_key.between");
    if (const auto signer = service.signers.find(id); signer != service.signers.end()) {
        key.signatures = signer->second->signatures;
    }
    key.removed = key.removed ? key.removed : now;
    key.destroyed = now;
    key.missing = false;
    const JournalLine line = line_of(next, key, "destroy_key", fmt::format("{} signatures", key.signatures));
    TRY(service.commit_ring(std::move(next), {}, {}, line));
    service.signers.erase(id);
    service.reached("rotation.destroy_key.after");
    return ok();
}

bool rotate_one(Service& service, Instant now)
{
    for (auto& [id, ring] : service.rings) {
        if (ring.look_again > now) {
            continue;
        }
        const Action action = next_action(ring.record, ring.keys, now);
        if (action.kind == ActionKind::wait) {
            ring.look_again = action.look_again;
            continue;
        }
        const std::string alarm = "rotation:" + id.to_string();
        if (auto done = perform(service, ring, action, now); done.has_error()) {
            service.alarms.raise(
                alarm, fmt::format("keyring {} cannot rotate: {}", id.to_string(), done.error().description));
            ring.look_again = now + failed_look_again;
        } else {
            service.alarms.clear(alarm);
        }
        return true;
    }
    return false;
}

Milliseconds time_to_next(const Service& service, Instant now)
{
    Milliseconds wait = look_max;
    for (const auto& [id, ring] : service.rings) {
        if (ring.look_again <= now) {
            return Milliseconds{0};
        }
        wait = std::min(wait, std::chrono::ceil<Milliseconds>(ring.look_again - now));
    }
    return wait;
}

Answer<bool> refill_spares(Service& service)
{
    const auto policy = merge_policy(default_policy(), service.options.realm_policy);
    if (policy.has_error()) {
        return policy.error();
    }
    for (const v1::Algorithm algorithm : service.options.realm_algorithms) {
        if (lacking(service, algorithm, policy.value().rsa_bits) > 0) {
            TRY(service.make_key(service.tokens.front().label, algorithm, policy.value().rsa_bits));
            return true;
        }
    }
    return false;
}

}  // namespace tessera::keyd
