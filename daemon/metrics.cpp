#include "daemon/metrics.hpp"

#include <algorithm>

namespace tessera {

void Metrics::observe(std::size_t route, int status, Microseconds took)
{
    Route& counted = routes[std::min(route, routes_max)];
    counted.by_status[std::clamp<std::size_t>(static_cast<std::size_t>(status) / 100, 0, 5)].add();
    const auto bucket = std::ranges::lower_bound(bounds_us, took.count()) - bounds_us.begin();
    counted.latency[static_cast<std::size_t>(bucket)].add();
    counted.latency_sum_us.add(static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)));
}

}  // namespace tessera
