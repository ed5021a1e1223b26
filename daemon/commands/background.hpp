// The audit trail's background steps, and the deletion of what is over.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/clock.hpp"
#include "base/settings.hpp"
#include "daemon/jobs/expiry.hpp"
#include "storage/pool.hpp"

namespace tessera {

// On a thread and a connection of their own, from construction to destruction.
class Jobs {
public:
    Jobs(const Settings& settings, const Clock& clock);

private:
    void run(std::stop_token stop);
    // True when there is more to delete.
    bool expire(jobs::ExpiryState& state);
    void pause(std::stop_token stop, Milliseconds time);

    storage::Pool pool_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace tessera
