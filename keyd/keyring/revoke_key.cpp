// RevokeKey: a key is compromised. It leaves the JWKS and its successor signs, in one step.
#include <algorithm>

#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/rotation/plan.hpp"
#include "keyd/rotation/state.hpp"
#include "keyd/rotation/transitions.hpp"

namespace tessera::keyd {

namespace {

Answer<void> promote_successor(Service& service, Ring& next, v1::Algorithm algorithm, Instant now)
{
    if (find_active(next.keys, algorithm, now) != nullptr) {
        return ok();
    }
    const KeyRecord* standby = best_standby(next.keys, algorithm, now);
    if (standby == nullptr) {
        auto key = service.take_key(next.record.token, algorithm, next.record.policy.rsa_bits);
        if (key.has_error()) {
            // The compromised key would go on signing: better no key than that one. tick() makes a successor.
            return ok();
        }
        key.value().keyring = next.record.id;
        next.keys.push_back(std::move(key).value());
        standby = &next.keys.back();
    }
    activate(next, standby->id, now);
    return ok();
}

Answer<v1::KeyringView> revoke(Service& service, const v1::RevokeKey& request, std::uint32_t uid)
{
    TRY(const Ring* ring, service.load_ring(request.keyring_id()));
    const Instant now = service.observe_clock();
    Ring next = *ring;
    const auto key = std::ranges::find(next.keys, request.kid(), &KeyRecord::kid);
    if (key == next.keys.end() || request.kid().empty()) {
        return Refusal{v1::KEY_UNKNOWN, "the keyring has no such key"};
    }
    if (key->compromised) {
        return service.admin_view(*ring, now);
    }
    const v1::Algorithm algorithm = key->algorithm;
    const JournalLine line{.uid = uid,
                           .operation = "revoke_key",
                           .keyring = request.keyring_id(),
                           .kid = key->kid,
                           .result = "ok",
                           .detail = request.reason()};
    key->compromised = now;
    key->removed = key->removed ? key->removed : now;
    TRY(promote_successor(service, next, algorithm, now));
    const KeyringId id = ring->record.id;
    service.reached("revoke_key.before");
    TRY(service.commit_ring(std::move(next), {}, {}, line));
    service.reached("revoke_key.after");
    return service.admin_view(service.rings.at(id), now);
}

}  // namespace

Answer<v1::KeyringView> Keyrings::revoke_key(const v1::RevokeKey& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(revoke(*service_, request, uid), {.uid = uid,
                                                                 .operation = "revoke_key",
                                                                 .keyring = request.keyring_id(),
                                                                 .kid = request.kid(),
                                                                 .result = {},
                                                                 .detail = {}});
}

}  // namespace tessera::keyd
