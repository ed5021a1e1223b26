// The recovery ladder of one request: which rung to take after a failure. Pure.
#pragma once

#include <cstdint>

#include "keyd/pkcs11/error_table.hpp"

namespace tessera::keyd::pkcs11 {

enum class Rung : std::uint8_t {
    fail,            // tell the caller
    pause,           // give the session up, wait a moment, try again
    reopen_session,  // L1
    login_again,     // L2
    reinitialise,    // L3
    give_up,         // L4
};

// Each rung is taken at most once a request, and a level that did not heal escalates to the next one: a session that is
// "lost" again right after it was reopened is really a lost login, and so on up. After L3 the request fails; what the
// device does then is the circuit's business.
class Ladder {
public:
    Rung next(ErrorClass error_class);

private:
    bool paused_ = false;
    Rung reached_ = Rung::pause;
};

}  // namespace tessera::keyd::pkcs11
