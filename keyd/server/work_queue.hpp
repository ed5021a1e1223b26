// Threads that carry out calls, fed and emptied in batches.
//
// The loop hands over everything one read brought under one lock; a thread takes several calls at once when many wait, and
// hands their answers back together with one wake-up. So a loaded keyd switches context once per batch, not once per
// signature, also on one core (docs/adr/0031-batches-between-threads.md). A lone call is taken and answered at once.
//
// An operator's calls are taken before any front's, however many of those wait: a revocation is never behind a flood.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "keyd/server/operation.hpp"

namespace tessera::keyd::server {

// An answer on its way home: a whole frame.
struct Answered {
    std::uint64_t connection;
    std::string frame;
};

struct WorkQueueOptions {
    std::string name;  // of the threads, at most 15 characters
    std::size_t threads = 1;
    // Calls that wait, of each socket; one more is refused. Rooms of their own: fronts cannot fill an operator's.
    std::size_t front_waiting_max = 1;
    std::size_t admin_waiting_max = 1;
    std::size_t batch_max = 1;
    // Called by a thread that has answers; must be quick and must not call back.
    std::function<void(std::vector<Answered>)> deliver;
    // Called by a thread for each call that was refused, before its answer is delivered. May be empty.
    std::function<void(const Call&, const Refusal&)> refused;
    // Called by the thread between calls when it is due; answers when it is due again. Only with one thread. May be empty.
    std::function<Milliseconds()> chore;
};

class WorkQueue {
public:
    WorkQueue(WorkQueueOptions options, Rooms& rooms);
    // Calls that wait are dropped; a call under way is finished.
    ~WorkQueue();
    WorkQueue(const WorkQueue&) = delete;
    WorkQueue& operator=(const WorkQueue&) = delete;

    // Takes the calls over, in order, and leaves those behind for which there is no room. All came by one socket.
    void push(std::vector<Call>& calls);
    std::uint32_t length() const { return length_.load(std::memory_order_relaxed); }

private:
    void run();
    std::vector<Call> take();
    Answered carry_out(Call& call);
    Answered refuse(const Call& call, Refusal refusal);
    std::size_t count_waiting() const { return admin_waiting_.size() + front_waiting_.size(); }

    WorkQueueOptions options_;
    Rooms& rooms_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Call> admin_waiting_;  // guarded by mutex_
    std::deque<Call> front_waiting_;  // guarded by mutex_
    std::size_t idle_ = 0;            // guarded by mutex_: threads in wait
    bool stopping_ = false;           // guarded by mutex_
    std::atomic<std::uint32_t> length_{0};
    Tick chore_at_{};  // the one thread's
    std::vector<std::thread> threads_;
};

}  // namespace tessera::keyd::server
