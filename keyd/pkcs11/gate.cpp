#include "keyd/pkcs11/gate.hpp"

namespace tessera::keyd::pkcs11 {

bool Gate::enter(Tick deadline)
{
    for (;;) {
        // Announce first, look second: close() does it the other way round, so one of the two sees the other.
        inside_.fetch_add(1);
        if (!closed_.load()) {
            return true;
        }
        leave();
        std::unique_lock lock{mutex_};
        if (!changed_.wait_until(lock, deadline, [this] { return !closed_.load(); })) {
            return false;
        }
    }
}

void Gate::leave()
{
    if (inside_.fetch_sub(1) == 1 && closed_.load()) {
        const std::scoped_lock lock{mutex_};
        changed_.notify_all();
    }
}

bool Gate::close(Tick deadline)
{
    std::unique_lock lock{mutex_};
    closed_.store(true);
    if (changed_.wait_until(lock, deadline, [this] { return inside_.load() == 0; })) {
        return true;
    }
    closed_.store(false);
    changed_.notify_all();
    return false;
}

void Gate::open()
{
    const std::scoped_lock lock{mutex_};
    closed_.store(false);
    changed_.notify_all();
}

}  // namespace tessera::keyd::pkcs11
