// A pointer that other threads use while its owner lends it. Taking it back waits for whoever is using it: afterwards the object
// may go, whatever those threads do next.
#pragma once

#include <mutex>

namespace tessera::keyd::server {

template <class T>
class Lent {
public:
    // The object outlives take_back().
    void lend(T& object)
    {
        const std::scoped_lock lock{mutex_};
        object_ = &object;
    }
    void take_back()
    {
        const std::scoped_lock lock{mutex_};
        object_ = nullptr;
    }
    // Calls `use` with the object, or not at all when it is not lent. `use` is quick and does not come back here. Any thread.
    template <class Use>
    void with(Use use) const
    {
        const std::scoped_lock lock{mutex_};
        if (object_ != nullptr) {
            use(*object_);
        }
    }

private:
    mutable std::mutex mutex_;
    T* object_ = nullptr;  // under mutex_
};

}  // namespace tessera::keyd::server
