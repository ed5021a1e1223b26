// One log line a second for each error code, with the number of those left out: a flood of refusals is seen, not joined.
// Any thread.
#pragma once

#include <map>
#include <mutex>

#include "keyd/server/operation.hpp"

namespace tessera::keyd::server {

class RefusalLog {
public:
    void add(const Call& call, const Refusal& refusal, Tick now);

private:
    struct Kept {
        Tick written_at{};
        std::uint64_t left_out = 0;
    };
    std::mutex mutex_;
    std::map<v1::ErrorCode, Kept> codes_;  // guarded by mutex_
};

}  // namespace tessera::keyd::server
