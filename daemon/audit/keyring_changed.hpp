// A keyring changed: keyd pushes it to every loop of every front, and the trail has it once.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "daemon/audit/writer.hpp"

namespace tessera::audit {

struct KeyringChange {
    KeyringId keyring;
    std::uint64_t revision = 0;
    std::vector<std::string> kids;  // published from now on
    bool destroyed = false;
};

// The kids of a JWK Set as keyd sends it; empty when it is none.
std::vector<std::string> kids_of(std::string_view jwks);

// The event, once per (keyring, revision).
storage::AuditEntry keyring_changed_entry(const KeyringChange& change, Instant now);

// Writes changes in the order they were told, each until it is durable: nothing waits for this event, so it can wait for
// the store. One per event loop, used on its thread only.
class KeyringTrail {
public:
    // The writer and the clock outlive the loop's work.
    KeyringTrail(asio::io_context& loop, Writer& writer, const Clock& clock);

    void told(KeyringChange change);
    // Ends at the next answer of the store; what is not written by then is logged as lost.
    void stop();

private:
    Async<void> write_all();

    asio::io_context& loop_;
    Writer& writer_;
    const Clock& clock_;
    asio::steady_timer pause_;
    std::deque<KeyringChange> waiting_;
    bool is_writing_ = false;
    bool is_stopped_ = false;
};

}  // namespace tessera::audit
