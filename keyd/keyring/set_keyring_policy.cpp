// SetKeyringPolicy. What is remembered for ever is the largest lifetime and max-age that were in force.
#include <algorithm>

#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/policy.hpp"
#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

namespace {

Answer<v1::KeyringView> set_policy(Service& service, const v1::SetKeyringPolicy& request, std::uint32_t uid)
{
    TRY(const Ring* ring, service.load_ring(request.keyring_id()));
    const Instant now = service.observe_clock();
    Ring next = *ring;
    TRY(next.record.policy, merge_policy(ring->record.policy, request.policy()));
    KeyringRecord& record = next.record;
    record.lifetime_max_seen = std::max(record.lifetime_max_seen, record.policy.lifetime_max);
    record.jwks_max_age_seen = std::max(record.jwks_max_age_seen, record.policy.jwks_max_age);
    const KeyringId id = record.id;
    TRY(service.commit_ring(std::move(next), {}, {},
                            {.uid = uid,
                             .operation = "set_keyring_policy",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = request.policy().ShortDebugString()}));
    return service.admin_view(service.rings.at(id), now);
}

}  // namespace

Answer<v1::KeyringView> Keyrings::set_keyring_policy(const v1::SetKeyringPolicy& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(set_policy(*service_, request, uid), {.uid = uid,
                                                                     .operation = "set_keyring_policy",
                                                                     .keyring = request.keyring_id(),
                                                                     .kid = {},
                                                                     .result = {},
                                                                     .detail = {}});
}

}  // namespace tessera::keyd
