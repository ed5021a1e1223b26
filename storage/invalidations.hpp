// Cache invalidation by LISTEN/NOTIFY: a thread of its own with a connection of its own.
//
// Triggers notify channel "tessera_changed" with "<kind> <project uuid> <row uuid or slug>": kinds are
// project, client, resource, user and revoked (an id that tokens stand on has ended). When the connection is lost, and when it is back, `all` is called: whatever was
// cached must be dropped. Whoever serves from memory goes by `beat`: a connection may be open and deliver nothing (a pooler in
// transaction mode, a peer that vanished).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/id.hpp"

namespace tessera::storage {

struct Invalidation {
    std::string kind;
    ProjectId project;
    std::string row;  // uuid text, or the slug for kind "project"
};

struct InvalidationEvents {
    // Both are called on the listener's thread: post to the event loops.
    std::function<void(const Invalidation&)> changed;
    std::function<void()> all;
    // A notice of our own came back: what was sent before it has been heard. Twice a second while all is well.
    std::function<void()> beat;
    // Channel "tessera_mail": a mail was written to the outbox. Also when listening begins, for those not heard of.
    std::function<void()> mail = [] {};
};

class InvalidationListener {
public:
    InvalidationListener(std::string database_url, std::string role, InvalidationEvents events);
    ~InvalidationListener();  // stops and joins
    bool is_listening() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tessera::storage
