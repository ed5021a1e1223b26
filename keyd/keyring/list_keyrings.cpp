// ListKeyrings and ReadJournal: pages that fit a frame.
#include <algorithm>

#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/service.hpp"

namespace tessera::keyd {

namespace {

constexpr std::uint32_t page_default = 100;
constexpr std::uint32_t page_max = 1000;
// Leaves room for the envelope below limits::keyd_frame_bytes_max.
constexpr std::size_t page_bytes_max = 160 * 1024;

std::uint32_t page_size(std::uint32_t wanted)
{
    return wanted == 0 ? page_default : std::min(wanted, page_max);
}

Answer<v1::KeyringList> list_one(Service& service, const std::string& keyring_id)
{
    TRY(const Ring* ring, service.load_ring(keyring_id));
    v1::KeyringList list;
    *list.add_keyrings() = service.admin_view(*ring, service.observe_clock());
    return list;
}

Answer<v1::KeyringList> list_page(Service& service, const v1::ListKeyrings& request)
{
    // The page token is the id of the last keyring shown.
    auto at = service.rings.begin();
    if (!request.page_token().empty()) {
        const auto last = KeyringId::parse(request.page_token());
        if (!last) {
            return Refusal{v1::MALFORMED_REQUEST, "page_token is none of ours"};
        }
        at = service.rings.upper_bound(*last);
    }
    const Instant now = service.observe_clock();
    v1::KeyringList list;
    std::size_t bytes = 0;
    for (; at != service.rings.end(); ++at) {
        if (at->second.record.destroyed) {
            continue;
        }
        v1::KeyringView view = service.admin_view(at->second, now);
        bytes += view.ByteSizeLong();
        const auto shown = static_cast<std::uint32_t>(list.keyrings_size());
        if (shown > 0 && (shown == page_size(request.page_size()) || bytes > page_bytes_max)) {
            list.set_next_page_token(list.keyrings().rbegin()->keyring_id());
            break;
        }
        *list.add_keyrings() = std::move(view);
    }
    return list;
}

}  // namespace

Answer<v1::KeyringList> Keyrings::list_keyrings(const v1::ListKeyrings& request) const
{
    TRY(service_->check_started());
    if (!request.keyring_id().empty()) {
        return list_one(*service_, request.keyring_id());
    }
    if (!request.issuer().empty()) {
        const auto found = service_->issuers.find(request.issuer());
        return found == service_->issuers.end() ? v1::KeyringList{}
                                                : list_one(*service_, found->second.to_string());
    }
    return list_page(*service_, request);
}

Answer<v1::JournalPage> Keyrings::read_journal(const v1::ReadJournal& request) const
{
    TRY(service_->check_started());
    TRY(auto page, service_->store->read_journal(request.after(), page_size(request.limit())));
    std::size_t bytes = 0;
    int fits = 0;
    for (const auto& entry : page.entries()) {
        bytes += entry.ByteSizeLong();
        fits += bytes <= page_bytes_max ? 1 : 0;
    }
    page.mutable_entries()->DeleteSubrange(fits, page.entries_size() - fits);
    return page;
}

void Keyrings::record(std::uint32_t uid, std::string_view operation, std::string_view result,
                      std::string_view detail)
{
    if (service_->is_started) {
        service_->journal({.uid = uid,
                           .operation = std::string{operation},
                           .keyring = {},
                           .kid = {},
                           .result = std::string{result},
                           .detail = std::string{detail}});
    }
}

}  // namespace tessera::keyd
