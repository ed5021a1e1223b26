#include "daemon/metrics_text.hpp"

#include <algorithm>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "daemon/routes.hpp"

namespace tessera {

namespace {

struct Description {
    const char* name;
    const char* help;
};

// In the order of enum Counter.
constexpr auto counter_table = std::to_array<Description>({
    {"tessera_tokens_issued_total", "Access tokens issued."},
    {"tessera_tokens_refused_total", "Token requests answered with an OAuth error."},
    {"tessera_client_auth_failures_total", "Token requests whose client could not be authenticated."},
    {"tessera_assertions_replayed_total", "Client assertions whose jti had been used."},
    {"tessera_sign_failures_total", "Signatures tessera-keyd did not make."},
    {"tessera_refusals_unrecorded_total", "Refused token requests beyond the trail's budget for them."},
    {"tessera_audit_failures_total", "Events not durable in time; nothing that depended on them was sent."},
    {"tessera_store_failures_total", "Requests PostgreSQL did not answer."},
    {"tessera_cache_hits_total", "Realm, client and resource records found in memory."},
    {"tessera_cache_misses_total", "Records read from PostgreSQL."},
    {"tessera_requests_shed_process_total", "Requests refused because the process was full."},
    {"tessera_requests_shed_realm_total", "Requests refused because their realm was full."},
    {"tessera_requests_malformed_total", "Requests that were not acceptable HTTP."},
    {"tessera_requests_too_large_total", "Requests over a size limit."},
    {"tessera_requests_timed_out_total", "Requests that did not arrive in time."},
    {"tessera_connections_accepted_total", "Connections accepted."},
    {"tessera_connections_refused_total", "Connections closed at once: at the limit, none idle."},
    {"tessera_connections_closed_idle_total", "Idle connections closed by deadline or to make room."},
    {"tessera_tls_handshake_failures_total", "TLS handshakes that failed or did not end in time."},
    {"tessera_handler_exceptions_total", "Requests whose handler threw: a bug each."},
    {"tessera_console_requests_total", "Requests on the console socket."},
});
static_assert(counter_table.size() == static_cast<std::size_t>(Counter::count_));

constexpr auto gauge_table = std::to_array<Description>({
    {"tessera_connections_open", "Connections open."},
    {"tessera_requests_in_flight", "Requests being worked on."},
});
static_assert(gauge_table.size() == static_cast<std::size_t>(Gauge::count_));

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Loops = std::span<const Metrics* const>;

template <class Get>
double sum(Loops loops, Get get)
{
    double total = 0;
    for (const Metrics* loop : loops) {
        total += static_cast<double>(get(*loop).load());
    }
    return total;
}

MetricFamily family(const char* name, const char* help, MetricType type)
{
    MetricFamily made;
    made.name = name;
    made.help = help;
    made.type = type;
    return made;
}

MetricFamily single(const Description& what, MetricType type, double value)
{
    MetricFamily made = family(what.name, what.help, type);
    ClientMetric metric;
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    made.metric.push_back(std::move(metric));
    return made;
}

// "POST /realms/{slug}/token", or "none".
ClientMetric::Label route_label(std::size_t index)
{
    const auto table = routes();
    if (index >= table.size()) {
        return {"route", "none"};
    }
    return {"route", fmt::format("{} {}", http::to_string(table[index].method), table[index].path)};
}

void add_requests(std::vector<MetricFamily>& families, Loops loops)
{
    MetricFamily requests =
        family("tessera_http_requests_total", "Requests by route and class of status.", MetricType::Counter);
    MetricFamily seconds =
        family("tessera_http_request_seconds", "From the last byte of a request to its answer being ready.",
               MetricType::Histogram);
    for (std::size_t route = 0; route <= Metrics::routes_max; ++route) {
        if (route > routes().size() && route != Metrics::routes_max) {
            continue;
        }
        for (std::size_t status = 1; status < 6; ++status) {
            ClientMetric metric;
            metric.label = {route_label(route), {"status", std::to_string(status) + "xx"}};
            metric.counter.value =
                sum(loops, [&](const Metrics& m) -> auto& { return m.routes[route].by_status[status]; });
            if (metric.counter.value > 0) {
                requests.metric.push_back(std::move(metric));
            }
        }
        ClientMetric metric;
        metric.label = {route_label(route)};
        std::uint64_t count = 0;
        for (std::size_t bucket = 0; bucket <= Metrics::bounds_us.size(); ++bucket) {
            count += static_cast<std::uint64_t>(
                sum(loops, [&](const Metrics& m) -> auto& { return m.routes[route].latency[bucket]; }));
            ClientMetric::Bucket made;
            made.cumulative_count = count;
            made.upper_bound = bucket < Metrics::bounds_us.size()
                                   ? static_cast<double>(Metrics::bounds_us[bucket]) / 1e6
                                   : std::numeric_limits<double>::infinity();
            metric.histogram.bucket.push_back(made);
        }
        metric.histogram.sample_count = count;
        metric.histogram.sample_sum =
            sum(loops, [&](const Metrics& m) -> auto& { return m.routes[route].latency_sum_us; }) / 1e6;
        if (count > 0) {
            seconds.metric.push_back(std::move(metric));
        }
    }
    families.push_back(std::move(requests));
    families.push_back(std::move(seconds));
}

MetricFamily by_result(const Description& what,
                       std::initializer_list<std::pair<const char*, std::uint64_t>> results)
{
    MetricFamily made = family(what.name, what.help, MetricType::Counter);
    for (const auto& [result, count] : results) {
        ClientMetric metric;
        metric.label = {{"result", result}};
        metric.counter.value = static_cast<double>(count);
        made.metric.push_back(std::move(metric));
    }
    return made;
}

// What leaves the appliance.
void add_outbound(std::vector<MetricFamily>& families, const MetricsNow& now)
{
    if (now.fetches != nullptr) {
        families.push_back(by_result({"tessera_fetches_total", "Requests to other servers."},
                                     {{"answered", now.fetches->answered},
                                      {"refused", now.fetches->refused},
                                      {"failed", now.fetches->failed}}));
    }
    if (now.mail != nullptr) {
        families.push_back(
            by_result({"tessera_mails_total", "Attempts to send a mail, by what came of them."},
                      {{"sent", now.mail->sent},
                       {"postponed", now.mail->postponed},
                       {"given_up", now.mail->given_up}}));
        families.push_back(single({"tessera_mails_waiting", "Mails in the outbox, of all fronts together."},
                                  MetricType::Gauge, static_cast<double>(now.mail->waiting)));
        families.push_back(
            single({"tessera_mails_overdue_seconds", "For how long the mail due longest has been due."},
                   MetricType::Gauge, static_cast<double>(now.mail->overdue_s)));
    }
}

double resident_bytes()
{
    std::ifstream statm{"/proc/self/statm"};
    double size = 0;
    double resident = 0;
    statm >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string metrics_text(Loops loops, const MetricsNow& now)
{
    std::vector<MetricFamily> families;
    for (std::size_t i = 0; i < counter_table.size(); ++i) {
        families.push_back(single(counter_table[i], MetricType::Counter,
                                  sum(loops, [&](const Metrics& m) -> auto& { return m.counters[i]; })));
    }
    for (std::size_t i = 0; i < gauge_table.size(); ++i) {
        families.push_back(single(gauge_table[i], MetricType::Gauge,
                                  sum(loops, [&](const Metrics& m) -> auto& { return m.gauges[i]; })));
    }
    add_requests(families, loops);
    const auto gauge = [&](const char* name, const char* help, double value) {
        families.push_back(single({name, help}, MetricType::Gauge, value));
    };
    gauge("tessera_keyd_connected", "1 while every event loop has a connection to tessera-keyd.",
          now.keyd_connected ? 1 : 0);
    gauge("tessera_database_listening", "1 while changes are heard from PostgreSQL.",
          now.database_listening ? 1 : 0);
    gauge("tessera_audit_waiting", "Events waiting for the group-commit writer.",
          static_cast<double>(now.audit_waiting));
    add_outbound(families, now);
    gauge("process_start_time_seconds", "When this process started, seconds since the epoch.",
          now.start_time_s);
    gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes());
    return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace tessera
