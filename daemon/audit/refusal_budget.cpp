#include "daemon/audit/refusal_budget.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "base/uuid.hpp"

namespace tessera::audit {

namespace {

namespace ip = boost::asio::ip;

std::array<std::uint8_t, 8> network_of(const std::string& text)
{
    std::array<std::uint8_t, 8> network{};
    boost::system::error_code ec;
    const auto address = ip::make_address(text, ec);
    if (ec) {
        return network;
    }
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        std::copy_n(bytes.begin(), 3, network.begin());
        network.back() = 4;
    } else {
        const auto bytes = address.to_v6().to_bytes();
        std::copy_n(bytes.begin(), 7, network.begin());
        network.back() = 6;
    }
    return network;
}

}  // namespace

std::size_t RefusalBudget::KeyHash::operator()(const Key& key) const noexcept
{
    Uuid mixed = key.realm.uuid;
    for (std::size_t i = 0; i < key.network.size(); ++i) {
        mixed.bytes[i] ^= key.network[i];
    }
    return UuidHash{}(mixed);
}

RefusalBudget::Bucket& RefusalBudget::bucket_of(const Key& key, Tick now)
{
    if (const auto found = buckets_.find(key); found != buckets_.end()) {
        return found->second;
    }
    if (buckets_.size() >= networks_max) {
        std::erase_if(buckets_, [&](const auto& each) {
            return each.second.full_at <= now && each.second.unrecorded == 0;
        });
    }
    return buckets_.size() < networks_max ? buckets_[key] : shared_;
}

std::optional<std::uint64_t> RefusalBudget::take(ProjectId realm, const std::string& address, Tick now)
{
    Bucket& bucket = bucket_of({realm, network_of(address)}, now);
    const Tick full_at = std::max(bucket.full_at, now) + refill;
    if (full_at - now > burst * refill) {
        ++bucket.unrecorded;
        return std::nullopt;
    }
    bucket.full_at = full_at;
    return std::exchange(bucket.unrecorded, 0);
}

}  // namespace tessera::audit
