// How many refusals of strangers the trail takes (docs/adr/0067-refusals-have-a-budget.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/id.hpp"

namespace tessera::audit {

// One event loop's. Each realm and network (IPv4 /24, IPv6 /56) has a bucket of events; beyond it refusals are counted
// and the next event says how many there were. Bounded: networks beyond networks_max share one bucket.
class RefusalBudget {
public:
    static constexpr std::uint64_t burst = 1'000;
    static constexpr Milliseconds refill{100};  // for one more event
    static constexpr std::size_t networks_max = 4096;

    // Of a refusal now: how many went unrecorded since the last recorded one of this network, or nothing when this one is
    // not to be recorded either. `address` as in http::Peer; what is no address is a network of its own.
    std::optional<std::uint64_t> take(ProjectId realm, const std::string& address, Tick now);

private:
    struct Key {
        ProjectId realm;
        std::array<std::uint8_t, 8> network{};
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    struct Bucket {
        Tick full_at;  // when it will hold `burst` again
        std::uint64_t unrecorded = 0;
    };

    Bucket& bucket_of(const Key& key, Tick now);

    std::unordered_map<Key, Bucket, KeyHash> buckets_;
    Bucket shared_{};
};

}  // namespace tessera::audit
