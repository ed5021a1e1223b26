#include "keyd/client/reconnect.hpp"

#include <algorithm>

namespace tessera::keyd {

namespace {

using Phase = ReconnectPhase;
using Event = ReconnectEvent;
namespace lim = limits_reconnect;

ReconnectAction enter(ReconnectState& state, Phase phase, ReconnectAction::Kind kind, Tick now,
                      Milliseconds length)
{
    state.phase = phase;
    state.since = now;
    state.until = now + length;
    return {kind, state.until};
}

Milliseconds back_off_length(std::uint32_t failures, Event why)
{
    if (why == Event::version_refused || why == Event::garbage) {
        return lim::back_off_version;
    }
    return std::min(lim::back_off_max, lim::back_off_first * (1U << std::min(failures, 10U)));
}

ReconnectAction fail(ReconnectState& state, Event why, Tick now)
{
    if (state.phase == Phase::serving && now - state.since >= lim::healthy_after) {
        state.failures = 0;
    }
    const Milliseconds length = back_off_length(state.failures, why);
    ++state.failures;
    return enter(state, Phase::backing_off, ReconnectAction::back_off, now, length);
}

ReconnectAction on_timer(ReconnectState& state, Tick now)
{
    if (now < state.until) {
        return {};
    }
    switch (state.phase) {
    case Phase::backing_off: return enter(state, Phase::opening, ReconnectAction::open, now, lim::open_max);
    case Phase::opening:
    case Phase::greeting: return fail(state, Event::lost, now);
    default: return {};
    }
}

}  // namespace

ReconnectAction step(ReconnectState& state, ReconnectEvent event, Tick now)
{
    if (state.phase == Phase::stopped) {
        return {};
    }
    const bool has_socket =
        state.phase == Phase::opening || state.phase == Phase::greeting || state.phase == Phase::serving;
    switch (event) {
    case Event::started:
        return state.phase == Phase::idle
                   ? enter(state, Phase::opening, ReconnectAction::open, now, lim::open_max)
                   : ReconnectAction{};
    case Event::opened:
        return state.phase == Phase::opening
                   ? enter(state, Phase::greeting, ReconnectAction::greet, now, lim::open_max)
                   : ReconnectAction{};
    case Event::welcomed:
        return state.phase == Phase::greeting ? enter(state, Phase::serving, ReconnectAction::serve, now, {})
                                              : ReconnectAction{};
    case Event::lost:
    case Event::garbage:
    case Event::version_refused: return has_socket ? fail(state, event, now) : ReconnectAction{};
    case Event::timer: return on_timer(state, now);
    case Event::stopped: return enter(state, Phase::stopped, ReconnectAction::close, now, {});
    }
    return {};
}

std::string_view to_string(ReconnectPhase phase)
{
    switch (phase) {
    case Phase::idle: return "not started";
    case Phase::opening: return "connecting";
    case Phase::greeting: return "waiting for the answer to Hello";
    case Phase::serving: return "connected";
    case Phase::backing_off: return "waiting before the next attempt";
    case Phase::stopped: return "stopped";
    }
    return "unknown";
}

}  // namespace tessera::keyd
