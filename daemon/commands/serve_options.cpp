#include "daemon/commands/serve_options.hpp"

#include <sched.h>

namespace tessera {

std::size_t loops_of(const Settings& settings)
{
    if (const auto asked = settings.integer("threads"); asked > 0) {
        return static_cast<std::size_t>(asked);
    }
    cpu_set_t processors;
    CPU_ZERO(&processors);
    return sched_getaffinity(0, sizeof processors, &processors) == 0
               ? static_cast<std::size_t>(CPU_COUNT(&processors))
               : 1;
}

http::Limits limits_of(const Settings& settings, std::size_t loops)
{
    const auto seconds = [&](std::string_view name) { return Milliseconds{settings.integer(name) * 1000}; };
    http::Limits limits;
    limits.connections_max =
        std::max<std::size_t>(1, static_cast<std::size_t>(settings.integer("connections-max")) / loops);
    limits.handshake = seconds("handshake-timeout");
    limits.head = seconds("header-timeout");
    limits.body = seconds("body-timeout");
    limits.write = seconds("write-timeout");
    limits.idle = seconds("idle-timeout");
    limits.drain = seconds("drain-timeout");
    return limits;
}

http::Admission::Options admission_of(const Settings& settings, std::size_t loops)
{
    const auto share = [&](std::string_view name) {
        return std::max<std::size_t>(1, static_cast<std::size_t>(settings.integer(name)) / loops);
    };
    // Twice what reaches the peak of a loop: more would only make the other realms wait (tests/bench, "ten times the load").
    constexpr std::size_t realm_share = 64;
    return {share("in-flight-max"),
            settings.integer("realm-in-flight-max") == 0 ? realm_share : share("realm-in-flight-max")};
}

storage::PoolOptions pool_of(const Settings& settings, std::string role, std::size_t connections)
{
    storage::PoolOptions options;
    options.database_url = settings.text("database-url");
    options.role = std::move(role);
    options.connections_max = connections;
    options.statement_max = Milliseconds{settings.integer("db-statement-timeout")};
    return options;
}

}  // namespace tessera
