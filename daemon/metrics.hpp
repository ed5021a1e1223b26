// What one event loop counts. One thread writes, the scrape reads: plain relaxed loads and stores, no lock and no shared
// cache line between loops; metrics_text() adds the loops up (docs/adr/0054-metrics-per-loop.md).
//
// Every label set is closed: routes from the table, statuses by class, counters by name. Nothing a client sends, and no
// realm, becomes a label.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/clock.hpp"

namespace tessera {

// Things that happened, in the order of the table in metrics_text.cpp.
enum class Counter {
    tokens_issued,
    tokens_refused,  // an OAuthError was sent
    client_auth_failures,
    assertions_replayed,
    sign_failures,        // keyd did not sign: unavailable or refused
    refusals_unrecorded,  // beyond the trail's budget for them
    audit_failures,       // an event was not durable in time: nothing was sent
    store_failures,       // PostgreSQL did not answer
    cache_hits,           // realm, client and resource records
    cache_misses,
    requests_shed_process,  // 503 by admission control
    requests_shed_realm,
    requests_malformed,  // refused by the HTTP parser
    requests_too_large,  // 413, 414, 431
    requests_timed_out,  // 408, or closed while reading
    connections_accepted,
    connections_refused,      // at the cap with nothing idle to close
    connections_closed_idle,  // by the idle deadline or to make room
    tls_handshake_failures,
    handler_exceptions,
    console_requests,
    count_,
};

// Things that are, now.
enum class Gauge { connections_open, requests_in_flight, count_ };

// A value with one writing thread.
class LoopCounter {
public:
    void add(std::uint64_t n = 1)
    {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n = 1)
    {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    std::uint64_t load() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Metrics {
    static constexpr std::size_t routes_max = 64;
    // Upper bounds in microseconds; one more bucket is for everything slower.
    static constexpr std::array<std::int64_t, 14> bounds_us = {50,      100,     250,       500,      1'000,
                                                               2'500,   5'000,   10'000,    25'000,   100'000,
                                                               250'000, 500'000, 1'000'000, 5'000'000};

    struct Route {
        std::array<LoopCounter, 6> by_status;  // index status / 100; 0 = none sent
        std::array<LoopCounter, bounds_us.size() + 1> latency;
        LoopCounter latency_sum_us;
    };

    std::array<LoopCounter, static_cast<std::size_t>(Counter::count_)> counters;
    std::array<LoopCounter, static_cast<std::size_t>(Gauge::count_)> gauges;
    std::array<Route, routes_max + 1>
        routes;  // as routes() numbers them; the last is for requests of no route

    void count(Counter counter, std::uint64_t n = 1) { counters[static_cast<std::size_t>(counter)].add(n); }
    LoopCounter& gauge(Gauge which) { return gauges[static_cast<std::size_t>(which)]; }
    void observe(std::size_t route, int status, Microseconds took);
};

}  // namespace tessera
