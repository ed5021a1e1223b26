#include "keyd/pkcs11/ladder.hpp"

#include <algorithm>
#include <utility>

namespace tessera::keyd::pkcs11 {

namespace {

Rung above(Rung rung)
{
    return rung >= Rung::reinitialise ? Rung::fail : static_cast<Rung>(static_cast<int>(rung) + 1);
}

}  // namespace

Rung Ladder::next(ErrorClass error_class)
{
    Rung wanted = Rung::fail;
    switch (error_class) {
    case ErrorClass::caller_bug:
    case ErrorClass::never_retried: return Rung::fail;
    case ErrorClass::give_up: return Rung::give_up;
    case ErrorClass::busy: return std::exchange(paused_, true) ? Rung::fail : Rung::pause;
    case ErrorClass::session_lost: wanted = Rung::reopen_session; break;
    case ErrorClass::login_lost: wanted = Rung::login_again; break;
    case ErrorClass::device_lost: wanted = Rung::reinitialise; break;
    }
    const Rung step = above(reached_);
    if (step == Rung::fail) {
        return Rung::fail;
    }
    reached_ = std::max(wanted, step);
    return reached_;
}

}  // namespace tessera::keyd::pkcs11
