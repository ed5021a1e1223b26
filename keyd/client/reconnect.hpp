// When the client opens, greets, serves, backs off and gives up: a machine without I/O. The driver (connection.hpp) tells
// it what happened and does what it says.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.hpp"

namespace tessera::keyd {

namespace limits_reconnect {

inline constexpr Milliseconds open_max{1000};  // connect() and the answer to Hello, each
inline constexpr Milliseconds back_off_first{10};
inline constexpr Milliseconds back_off_max{500};  // of a keyd that is absent or breaks connections
inline constexpr Milliseconds back_off_version{
    5000};  // of a keyd that speaks another protocol: only a person helps
inline constexpr Milliseconds healthy_after{
    1000};  // a connection that served this long starts the back-off anew

}  // namespace limits_reconnect

enum class ReconnectPhase { idle, opening, greeting, serving, backing_off, stopped };

enum class ReconnectEvent {
    started,
    opened,           // connect() succeeded
    welcomed,         // keyd answered Hello with a version both speak
    lost,             // connect() failed, or the connection ended
    garbage,          // what came is not the protocol
    version_refused,  // no common version
    timer,            // the instant of the last action has come
    stopped,
};

struct ReconnectState {
    ReconnectPhase phase = ReconnectPhase::idle;
    std::uint32_t failures = 0;  // in a row
    Tick since{};                // of the phase
    Tick until{};                // of the phase, where it has an end
};

struct ReconnectAction {
    enum Kind {
        nothing,
        open,      // open a socket and connect; be back with `timer` at wake_at
        greet,     // send Hello; be back with `timer` at wake_at
        serve,     // cancel the timer, send what waits
        back_off,  // close the socket; be back with `timer` at wake_at
        close,     // close the socket and fail what waits, for good
    };
    Kind kind = nothing;
    Tick wake_at{};
};

// Total: an event that does not belong to the phase (a late answer, an early timer) gives `nothing`.
ReconnectAction step(ReconnectState& state, ReconnectEvent event, Tick now);

std::string_view to_string(ReconnectPhase phase);

}  // namespace tessera::keyd
