#include "keyd/server/work_queue.hpp"

#include <algorithm>
#include <exception>

#include <pthread.h>

#include "base/log.hpp"
#include "keyd/server/answer.hpp"
#include "keyd/wire/body.hpp"

namespace tessera::keyd::server {

WorkQueue::WorkQueue(WorkQueueOptions options, Rooms& rooms) : options_(std::move(options)), rooms_(rooms)
{
    for (std::size_t i = 0; i < options_.threads; ++i) {
        threads_.emplace_back([this] { run(); });
        pthread_setname_np(threads_.back().native_handle(), options_.name.c_str());
    }
}

WorkQueue::~WorkQueue()
{
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
        admin_waiting_.clear();
        front_waiting_.clear();
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void WorkQueue::push(std::vector<Call>& calls)
{
    if (calls.empty()) {
        return;
    }
    const bool is_admin = calls.front().caller.socket == SocketKind::admin;
    std::deque<Call>& waiting = is_admin ? admin_waiting_ : front_waiting_;
    const std::size_t waiting_max = is_admin ? options_.admin_waiting_max : options_.front_waiting_max;
    std::size_t to_wake = 0;
    {
        const std::scoped_lock lock{mutex_};
        const std::size_t room = waiting_max - std::min(waiting_max, waiting.size());
        const std::size_t taken = std::min(room, calls.size());
        const auto end = calls.begin() + static_cast<std::ptrdiff_t>(taken);
        std::move(calls.begin(), end, std::back_inserter(waiting));
        calls.erase(calls.begin(), end);
        length_.store(static_cast<std::uint32_t>(count_waiting()), std::memory_order_relaxed);
        to_wake = std::min(idle_, taken);
    }
    for (; to_wake > 0; --to_wake) {
        wake_.notify_one();
    }
}

// The fair share of what waits, at most batch_max: under load long batches, otherwise one call.
std::vector<Call> WorkQueue::take()
{
    std::unique_lock lock{mutex_};
    const auto has_work = [this] { return stopping_ || count_waiting() > 0; };
    ++idle_;
    if (options_.chore) {
        wake_.wait_until(lock, chore_at_, has_work);
    } else {
        wake_.wait(lock, has_work);
    }
    --idle_;
    const std::size_t share = (count_waiting() + options_.threads - 1) / options_.threads;
    std::vector<Call> batch;
    batch.reserve(std::min(share, options_.batch_max));
    while (!stopping_ && batch.size() < std::min(share, options_.batch_max)) {
        std::deque<Call>& waiting = admin_waiting_.empty() ? front_waiting_ : admin_waiting_;
        batch.push_back(std::move(waiting.front()));
        waiting.pop_front();
    }
    length_.store(static_cast<std::uint32_t>(count_waiting()), std::memory_order_relaxed);
    return batch;
}

Answered WorkQueue::refuse(const Call& call, Refusal refusal)
{
    if (options_.refused) {
        options_.refused(call, refusal);
    }
    Answered answered{call.connection, {}};
    append_answer(answered.frame, call.correlation_id, std::move(refusal));
    return answered;
}

Answered WorkQueue::carry_out(Call& call)
{
    if (rooms_.clock.tick() >= call.deadline) {
        return refuse(call,
                      {v1::DEADLINE_EXCEEDED, "the request waited longer than its deadline; try again"});
    }
    try {
        auto answer = call.operation->run(rooms_, call);
        if (answer.has_error()) {
            return refuse(call, std::move(answer).error());
        }
        Answered answered{call.connection, {}};
        append_answer(answered.frame, call.correlation_id, answer);
        return answered;
    } catch (const std::exception& error) {
        log::write(log::Level::error, "operation_failed", call.request.request_id(),
                   {{"operation", wire::operation_name(call.operation->which)}, {"what", error.what()}});
        return refuse(call, {v1::INTERNAL, "keyd failed; its log says how"});
    }
}

void WorkQueue::run()
{
    while (true) {
        std::vector<Call> batch = take();
        std::vector<Answered> answers;
        answers.reserve(batch.size());
        for (Call& call : batch) {
            answers.push_back(carry_out(call));
        }
        if (!answers.empty()) {
            options_.deliver(std::move(answers));
        }
        {
            const std::scoped_lock lock{mutex_};
            if (stopping_) {
                return;
            }
        }
        // After every call too: it may have made a step due.
        if (options_.chore && (!batch.empty() || rooms_.clock.tick() >= chore_at_)) {
            chore_at_ = rooms_.clock.tick() + options_.chore();
        }
    }
}

}  // namespace tessera::keyd::server
