#include "keyd/server/server.hpp"

#include <algorithm>
#include <utility>

#include <unistd.h>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "keyd/server/health.hpp"
#include "keyd/server/limits.hpp"

namespace tessera::keyd::server {

namespace {

namespace lim = server_limits;

constexpr Milliseconds accept_pause{100};  // after accept() failed, when descriptors run out

v1::Event health_event(v1::Health health)
{
    v1::Event event;
    *event.mutable_health_changed()->mutable_health() = std::move(health);
    return event;
}

}  // namespace

Server::Server(asio::io_context& loop, Rooms& rooms) : loop_(loop), rooms_(rooms), sweep_timer_(loop) {}

void Server::use(WorkQueue& workers, WorkQueue& management)
{
    workers_ = &workers;
    management_ = &management;
}

void Server::accept_on(Listener listener) { listeners_.push_back(std::move(listener)); }

void Server::start()
{
    last_health_ = health_of(rooms_);
    for (std::size_t i = 0; i < listeners_.size(); ++i) {
        accept(i);
    }
    sweep();
}

// ------------------------------------------------------------------------------------------------------------ accepting

void Server::accept(std::size_t listener)
{
    listeners_[listener].acceptor.async_accept(
        [this, listener](const boost::system::error_code& error, Local::socket socket) {
            if (is_draining_) {
                return;
            }
            if (!error) {
                take(listener, std::move(socket));
                return accept(listener);
            }
            log::error("accept_failed", {{"what", error.message()}});
            auto pause = std::make_unique<asio::steady_timer>(loop_, accept_pause);
            asio::steady_timer& timer = *pause;
            timer.async_wait([this, listener, kept = std::move(pause)](const boost::system::error_code&) {
                if (!is_draining_) {
                    accept(listener);
                }
            });
        });
}

// Closed without an answer unless the uid is on the socket's list: a stranger learns nothing.
void Server::take(std::size_t listener, Local::socket socket)
{
    const Listener& from = listeners_[listener];
    const auto uid = peer_uid(socket);
    if (!uid || std::ranges::find(from.uids, *uid) == from.uids.end()) {
        return note_stranger(from, uid.value_or(0));
    }
    const auto of_this_socket = [&](const auto& entry) { return entry.second->caller().socket == from.kind; };
    if (std::cmp_greater_equal(std::ranges::count_if(connections_, of_this_socket), lim::connections_max)) {
        log::warning("connections_full", {{"socket", to_string(from.kind)}, {"uid", *uid}});
        return;
    }
    const std::uint64_t id = next_connection_++;
    Dispatcher& dispatcher = *this;
    const auto connection = std::make_shared<Connection>(id, std::move(socket), Caller{*uid, from.kind},
                                                         dispatcher, rooms_.clock);
    connections_.emplace(id, connection);
    connection->start();
}

// At most a line a second: anybody on the machine may knock as often as they like.
void Server::note_stranger(const Listener& listener, std::uint32_t uid)
{
    const Tick now = rooms_.clock.tick();
    if (stranger_noted_at_ != Tick{} && now - stranger_noted_at_ < lim::stranger_line_every) {
        ++strangers_left_out_;
        return;
    }
    stranger_noted_at_ = now;
    log::warning("caller_refused", {{"socket", to_string(listener.kind)},
                                    {"uid", uid},
                                    {"left_out", std::exchange(strangers_left_out_, 0)},
                                    {"advice", listener.kind == SocketKind::front
                                                   ? "add the uid to front-uids if it is a front's"
                                                   : "add the uid to admin-uids if it is an operator's"}});
}

void Server::closed(std::uint64_t id)
{
    // The handler that closed it may still be running in it; its own reference keeps it.
    connections_.erase(id);
}

// ---------------------------------------------------------------------------------------------------------- dispatching

void Server::dispatch(Connection& connection, Call call)
{
    const auto refuse = [&](Refusal refusal) {
        note_refusal(call, refusal);
        connection.answer(call.correlation_id, std::move(refusal));
    };
    call.operation = find_operation(call.request.operation_case());
    if (call.operation == nullptr) {
        return refuse({v1::UNKNOWN_OPERATION,
                       "this keyd does not know the operation: it may be older than its caller"});
    }
    if (!is_permitted(*call.operation, call.caller.socket)) {
        return refuse({v1::NOT_PERMITTED, "the operation belongs to keyd's other socket"});
    }
    std::optional<Answer<v1::Response>> answer;
    if (call.operation->place == Place::loop) {
        answer = call.operation->run(rooms_, call);
    } else if (call.operation->prepare != nullptr) {
        answer = call.operation->prepare(rooms_, call);
    }
    if (answer) {
        if (!answer->has_value()) {
            return refuse(std::move(*answer).error());
        }
        if (answer->value().has_watching()) {
            connection.watch();
            connection.push(health_event(health_of(rooms_)));  // how things are now; changes follow
        }
        return connection.answer(call.correlation_id, *answer);
    }
    (call.operation->place == Place::worker ? for_workers_ : for_management_).push_back(std::move(call));
}

void Server::end_of_read()
{
    hand_over(*workers_, for_workers_);
    hand_over(*management_, for_management_);
}

void Server::hand_over(WorkQueue& queue, std::vector<Call>& calls)
{
    if (calls.empty()) {
        return;
    }
    queue.push(calls);
    for (const Call& left : calls) {
        const Refusal refusal{v1::OVERLOADED, "keyd's queue is full", lim::overloaded_retry_after_ms};
        note_refusal(left, refusal);
        if (const auto found = connections_.find(left.connection); found != connections_.end()) {
            found->second->answer(left.correlation_id, refusal);
        }
    }
    calls.clear();
}

void Server::deliver(std::vector<Answered> answers)
{
    bool is_first = false;
    {
        const std::scoped_lock lock{delivered_mutex_};
        is_first = delivered_.empty();
        std::move(answers.begin(), answers.end(), std::back_inserter(delivered_));
    }
    if (is_first) {
        asio::post(loop_, [this] { answer_delivered(); });
    }
}

void Server::answer_delivered()
{
    std::vector<Answered> answers;
    {
        const std::scoped_lock lock{delivered_mutex_};
        answers.swap(delivered_);
    }
    std::vector<std::shared_ptr<Connection>> touched;  // shared: flush() may close and forget a connection
    for (const Answered& answered : answers) {
        const auto found = connections_.find(answered.connection);
        if (found == connections_.end()) {
            continue;  // the peer went away
        }
        found->second->answer(answered.frame);
        if (touched.empty() || touched.back() != found->second) {
            touched.push_back(found->second);
        }
    }
    for (const auto& connection : touched) {
        connection->flush();
    }
    if (is_draining_) {
        end_when_quiet();
    }
}

// -------------------------------------------------------------------------------------------------------------- telling

void Server::announce(const v1::KeyringChanged& change)
{
    v1::Event event;
    *event.mutable_keyring_changed() = change;
    event.mutable_keyring_changed()->mutable_keyring()->clear_keys();
    event.mutable_keyring_changed()->mutable_keyring()->clear_issuers();
    asio::post(loop_, [this, event = std::move(event)] { broadcast(event); });
}

void Server::broadcast(const v1::Event& event)
{
    std::vector<std::shared_ptr<Connection>> watchers;  // shared: push() may close and forget a connection
    for (const auto& [id, connection] : connections_) {
        if (connection->is_watching()) {
            watchers.push_back(connection);
        }
    }
    for (const auto& watcher : watchers) {
        watcher->push(event);
        watcher->flush();
    }
}

void Server::check_health()
{
    if (!is_health_check_posted_.exchange(true)) {
        asio::post(loop_, [this] {
            is_health_check_posted_ = false;
            push_health();
        });
    }
}

void Server::note_refusal(const Call& call, const Refusal& refusal)
{
    refusals_.add(call, refusal, rooms_.clock.tick());
}

void Server::push_health()
{
    v1::Health health = health_of(rooms_);
    if (!differs(last_health_, health)) {
        return;
    }
    log::write(health.state() == v1::OPERATIONAL ? log::Level::info : log::Level::warning, "health_changed",
               {},
               {{"state", v1::ServiceState_Name(health.state())},
                {"reason", health.tokens(0).reason()},
                {"alarms", health.alarms_size()},
                {"alarm", health.alarms_size() == 0 ? "" : health.alarms(0)}});
    last_health_ = health;
    broadcast(health_event(std::move(health)));
}

void Server::sweep()
{
    const Tick now = rooms_.clock.tick();
    std::vector<std::shared_ptr<Connection>>
        checked;  // shared: check_limits() may close and forget a connection
    for (const auto& [id, connection] : connections_) {
        checked.push_back(connection);
    }
    for (const auto& connection : checked) {
        connection->check_limits(now);
    }
    push_health();
    if (is_draining_) {
        end_when_quiet();
    }
    sweep_timer_.expires_after(lim::sweep_every);
    sweep_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            sweep();
        }
    });
}

// --------------------------------------------------------------------------------------------------------------- ending

void Server::drain()
{
    if (is_draining_) {
        return;
    }
    is_draining_ = true;
    drain_until_ = rooms_.clock.tick() + lim::drain_max;
    log::info("draining", {{"connections", connections_.size()}});
    for (Listener& listener : listeners_) {
        boost::system::error_code ignored;
        listener.acceptor.close(ignored);
        if (!listener.path.empty()) {
            unlink(listener.path.c_str());
        }
    }
    for (const auto& [id, connection] : connections_) {
        connection->stop_reading();
    }
    end_when_quiet();
}

void Server::end_when_quiet()
{
    const bool quiet =
        std::ranges::all_of(connections_, [](const auto& entry) { return entry.second->is_quiet(); });
    if (quiet || rooms_.clock.tick() >= drain_until_) {
        log::info("drained", {{"quiet", quiet}});
        loop_.stop();
    }
}

}  // namespace tessera::keyd::server
