// EnrolIssuer and WithdrawIssuer: which issuers a keyring signs for.
#include <fmt/format.h>

#include "keyd/keyring/issuer.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

namespace {

Answer<v1::KeyringView> enrol(Service& service, const v1::EnrolIssuer& request, std::uint32_t uid)
{
    TRY(const Ring* ring, service.load_ring(request.keyring_id()));
    TRY(check_issuer(request.issuer()));
    if (ring->record.realm) {
        return Refusal{v1::POLICY_INVALID, "the keyring is one realm's own: it signs for no other issuer"};
    }
    const KeyringId id = ring->record.id;
    const auto enrolled = service.issuers.find(request.issuer());
    if (enrolled != service.issuers.end()) {
        if (enrolled->second != id) {
            return Refusal{v1::ISSUER_ENROLLED_ELSEWHERE, "another keyring signs for the issuer"};
        }
        return service.admin_view(*ring, service.observe_clock());
    }
    const std::string issuers[] = {request.issuer()};
    TRY(service.commit_ring(*ring, issuers, {},
                            {.uid = uid,
                             .operation = "enrol_issuer",
                             .keyring = id.to_string(),
                             .kid = {},
                             .result = "ok",
                             .detail = request.issuer()}));
    return service.admin_view(service.rings.at(id), service.observe_clock());
}

Answer<v1::KeyringView> withdraw(Service& service, const v1::WithdrawIssuer& request, std::uint32_t uid)
{
    TRY(const Ring* ring, service.load_ring(request.keyring_id()));
    const KeyringId id = ring->record.id;
    const auto enrolled = service.issuers.find(request.issuer());
    if (enrolled != service.issuers.end() && enrolled->second != id) {
        return Refusal{v1::ISSUER_ENROLLED_ELSEWHERE, "another keyring signs for the issuer"};
    }
    if (enrolled != service.issuers.end()) {
        const std::string issuers[] = {request.issuer()};
        TRY(service.commit_ring(*ring, {}, issuers,
                                {.uid = uid,
                                 .operation = "withdraw_issuer",
                                 .keyring = id.to_string(),
                                 .kid = {},
                                 .result = "ok",
                                 .detail = request.issuer()}));
    }
    return service.admin_view(service.rings.at(id), service.observe_clock());
}

JournalLine refused(std::uint32_t uid, std::string operation, const std::string& keyring,
                    const std::string& issuer)
{
    return {.uid = uid,
            .operation = std::move(operation),
            .keyring = keyring,
            .kid = {},
            .result = {},
            .detail = issuer};
}

}  // namespace

Answer<v1::KeyringView> Keyrings::enrol_issuer(const v1::EnrolIssuer& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(enrol(*service_, request, uid),
                               refused(uid, "enrol_issuer", request.keyring_id(), request.issuer()));
}

Answer<v1::KeyringView> Keyrings::withdraw_issuer(const v1::WithdrawIssuer& request, std::uint32_t uid)
{
    TRY(service_->check_started());
    return service_->journaled(withdraw(*service_, request, uid),
                               refused(uid, "withdraw_issuer", request.keyring_id(), request.issuer()));
}

}  // namespace tessera::keyd
