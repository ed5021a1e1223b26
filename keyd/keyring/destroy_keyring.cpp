// DestroyKeyring: out of the JWKS at once, then off the token key by key.
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/service.hpp"
#include "keyd/rotation/rotation.hpp"
#include "keyd/rotation/state.hpp"

namespace tessera::keyd {

namespace {

Answer<v1::Done> destroy(Service& service, const v1::DestroyKeyring& request, std::uint32_t uid)
{
    TRY(const Ring* ring, service.load_ring(request.keyring_id()));
    const Instant now = service.observe_clock();
    Ring next = *ring;
    next.record.destroyed = now;
    for (KeyRecord& key : next.keys) {
        key.removed = key.removed ? key.removed : now;
    }
    const KeyringId id = ring->record.id;
    const std::vector<std::string> issuers = service.issuers_of(id);
    TRY(service.commit_ring(std::move(next), {}, issuers,
                            {.uid = uid,
                             .operation = "destroy_keyring",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = {}}));
    service.reached("keyring.destroyed");
    Ring& destroyed = service.rings.at(id);
    for (std::size_t at = 0; at < destroyed.keys.size(); ++at) {
        // Committed: what fails here, tick() does later.
        if (state(destroyed.keys[at], now) == v1::REMOVED) {
            TRY(destroy_key(service, destroyed, destroyed.keys[at].id, now));
        }
    }
    return v1::Done{};
}

}  // namespace

Answer<v1::Done> Keyrings::destroy_keyring(const v1::DestroyKeyring& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(destroy(*service_, request, uid), {.uid = uid,
                                                                  .operation = "destroy_keyring",
                                                                  .keyring = request.keyring_id(),
                                                                  .kid = {},
                                                                  .result = {},
                                                                  .detail = {}});
}

}  // namespace tessera::keyd
