// RotateKeyring: the standby signs now, ordered by an operator.
#include <fmt/format.h>

#include "keyd/keyring/algorithm.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/rotation/plan.hpp"
#include "keyd/rotation/state.hpp"
#include "keyd/rotation/transitions.hpp"

namespace tessera::keyd {

namespace {

// Puts the successor into `next`: READY, or whatever there is when the operator forces it.
Answer<void> promote(Service& service, Ring& next, v1::Algorithm algorithm, const v1::RotateKeyring& request,
                     Instant now)
{
    const KeyRecord* standby = best_standby(next.keys, algorithm, now);
    const bool is_ready = standby != nullptr && state(*standby, now) == v1::READY;
    if (!is_ready && !request.force()) {
        return Refusal{
            v1::STANDBY_NOT_READY,
            fmt::format(
                "the next {} key has not been in the JWKS long enough for every cache; wait, or force",
                jose_name(algorithm))};
    }
    if (standby == nullptr) {
        TRY(auto key, service.take_key(next.record.token, algorithm, next.record.policy.rsa_bits));
        key.keyring = next.record.id;
        next.keys.push_back(std::move(key));
        standby = &next.keys.back();
    }
    activate(next, standby->id, now);
    return ok();
}

Answer<v1::KeyringView> rotate(Service& service, const v1::RotateKeyring& request, std::uint32_t uid)
{
    TRY(const Ring* ring, service.load_ring(request.keyring_id()));
    const Instant now = service.observe_clock();
    if (!is_trusted(service.clock_memory) && !request.force()) {
        return Refusal{v1::CLOCK_UNTRUSTED, clock_alarm(service.clock_memory)};
    }
    Ring next = *ring;
    bool found = false;
    for (const v1::Algorithm algorithm : ring->record.algorithms) {
        if (request.algorithm() == v1::ALGORITHM_UNSPECIFIED || request.algorithm() == algorithm) {
            TRY(promote(service, next, algorithm, request, now));
            found = true;
        }
    }
    if (!found) {
        return Refusal{v1::ALG_NOT_ALLOWED, "the keyring has no key of this algorithm"};
    }
    const KeyringId id = ring->record.id;
    service.reached("rotate_keyring.before");
    TRY(service.commit_ring(std::move(next), {}, {},
                            {.uid = uid,
                             .operation = "rotate_keyring",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = request.force() ? "forced" : ""}));
    service.reached("rotate_keyring.after");
    return service.admin_view(service.rings.at(id), now);
}

}  // namespace

Answer<v1::KeyringView> Keyrings::rotate_keyring(const v1::RotateKeyring& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(rotate(*service_, request, uid), {.uid = uid,
                                                                 .operation = "rotate_keyring",
                                                                 .keyring = request.keyring_id(),
                                                                 .kid = {},
                                                                 .result = {},
                                                                 .detail = {}});
}

}  // namespace tessera::keyd
