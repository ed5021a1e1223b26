// What Prometheus scrapes: all loops together, with the routes by name.
#pragma once

#include <span>
#include <string>

#include "daemon/mail/delivery.hpp"
#include "daemon/metrics.hpp"
#include "daemon/outbound/fetch.hpp"

namespace tessera {

// What is asked for at the scrape, not counted: by name, in the exposition.
struct MetricsNow {
    bool keyd_connected = false;
    bool database_listening = false;
    std::uint64_t audit_waiting = 0;
    double start_time_s = 0;
    const mail::DeliveryCounts* mail = nullptr;  // nullptr: not told
    const outbound::Fetcher::Counts* fetches = nullptr;
};

// The Prometheus text exposition (version 0.0.4) of all loops together.
std::string metrics_text(std::span<const Metrics* const> loops, const MetricsNow& now);

}  // namespace tessera
