#include "keyd/server/health.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "keyd/pkcs11/token.hpp"

namespace tessera::keyd::server {

namespace {

v1::ServiceState state_of(pkcs11::TokenState state)
{
    switch (state) {
    case pkcs11::TokenState::operational: return v1::OPERATIONAL;
    case pkcs11::TokenState::sealed: return v1::SERVICE_SEALED;
    case pkcs11::TokenState::pin_blocked: return v1::SERVICE_SEALED;
    case pkcs11::TokenState::unavailable: return v1::UNAVAILABLE;
    }
    return v1::UNAVAILABLE;
}

// The first token holds the key that authenticates the state: without it nothing is served.
v1::ServiceState overall_state(const v1::Health& health, const Rooms& rooms)
{
    const v1::ServiceState first = health.tokens(0).state();
    if (!rooms.keyrings.is_started()) {
        return first == v1::OPERATIONAL ? v1::UNAVAILABLE : first;
    }
    const auto is_operational = [](const v1::TokenHealth& token) { return token.state() == v1::OPERATIONAL; };
    if (std::ranges::none_of(health.tokens(), is_operational)) {
        return first;
    }
    return health.alarms().empty() && std::ranges::all_of(health.tokens(), is_operational) ? v1::OPERATIONAL
                                                                                           : v1::DEGRADED;
}

}  // namespace

v1::TokenHealth health_of(const NamedToken& named)
{
    const pkcs11::TokenHealth token = named.token->health();
    v1::TokenHealth health;
    health.set_label(named.label);
    health.set_state(state_of(token.state));
    health.set_reason(token.state == pkcs11::TokenState::operational ? "" : token.reason);
    health.set_sessions(static_cast<std::uint32_t>(token.sessions));
    health.set_epoch(token.epoch);
    return health;
}

v1::Health health_of(const Rooms& rooms)
{
    v1::Health health;
    for (const NamedToken& named : rooms.tokens) {
        *health.add_tokens() = health_of(named);
        for (const std::string& alarm : named.token->health().alarms) {
            health.add_alarms(fmt::format("token {}: {}", named.label, alarm));
        }
    }
    for (const std::string& alarm : rooms.keyrings.alarms()) {
        health.add_alarms(alarm);
    }
    health.set_state(overall_state(health, rooms));
    health.set_keyrings(rooms.keyrings.keyring_count());
    health.set_signatures(rooms.keyrings.signature_count());
    health.set_queue_length(rooms.queue_length());
    health.set_version(TESSERA_VERSION);
    return health;
}

bool differs(const v1::Health& before, const v1::Health& now)
{
    return before.state() != now.state() || !std::ranges::equal(before.alarms(), now.alarms())
           || !std::ranges::equal(before.tokens(), now.tokens(), [](const auto& a, const auto& b) {
                  return a.state() == b.state() && a.reason() == b.reason() && a.epoch() == b.epoch();
              });
}

}  // namespace tessera::keyd::server
