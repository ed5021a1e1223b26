// The event loop's side of keyd: accepts, checks who calls, dispatches to the operation table and hands answers back.
//
// One thread. Workers and the management thread deliver through deliver() from theirs.
#pragma once

#include <mutex>
#include <unordered_map>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "keyd/server/connection.hpp"
#include "keyd/server/refusal_log.hpp"
#include "keyd/server/work_queue.hpp"

namespace tessera::keyd::server {

class Server final : private Dispatcher {
public:
    Server(asio::io_context& loop, Rooms& rooms);
    // The queues deliver to this server; they are stopped before it is destroyed.
    void use(WorkQueue& workers, WorkQueue& management);
    void accept_on(Listener listener);
    // Starts the sweep of limits and of health.
    void start();

    // Any thread.
    void deliver(std::vector<Answered> answers);
    void announce(const v1::KeyringChanged& change);
    void check_health();
    void note_refusal(const Call& call, const Refusal& refusal);

    // Stops accepting and reading, lets what is in flight be answered within drain_max, then stops the loop.
    void drain();

private:
    void dispatch(Connection& connection, Call call) override;
    void end_of_read() override;
    void closed(std::uint64_t id) override;

    void accept(std::size_t listener);
    void take(std::size_t listener, Local::socket socket);
    void note_stranger(const Listener& listener, std::uint32_t uid);
    void hand_over(WorkQueue& queue, std::vector<Call>& calls);
    void answer_delivered();
    void broadcast(const v1::Event& event);
    void push_health();
    void sweep();
    void end_when_quiet();

    asio::io_context& loop_;
    Rooms& rooms_;
    WorkQueue* workers_ = nullptr;
    WorkQueue* management_ = nullptr;
    std::vector<Listener> listeners_;
    // Shared with the pending handlers of their sockets.
    std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
    std::uint64_t next_connection_ = 1;
    std::vector<Call> for_workers_;     // of the read under way
    std::vector<Call> for_management_;  // of the read under way
    RefusalLog refusals_;
    Tick stranger_noted_at_{};
    std::uint64_t strangers_left_out_ = 0;  // of the log, since then
    v1::Health last_health_;
    asio::steady_timer sweep_timer_;
    Tick drain_until_{};
    bool is_draining_ = false;

    std::mutex delivered_mutex_;
    std::vector<Answered> delivered_;  // guarded by delivered_mutex_
    std::atomic<bool> is_health_check_posted_{false};
};

}  // namespace tessera::keyd::server
