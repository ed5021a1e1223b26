#include "storage/invalidations.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

#include <pqxx/pqxx>

#include "base/log.hpp"
#include "storage/connection_pqxx.hpp"
#include "storage/conninfo.hpp"

namespace tessera::storage {

namespace {

constexpr Milliseconds retry_after{200};
constexpr long poll_us = 500'000;  // how soon a stop is noticed

class Receiver : public pqxx::notification_receiver {
public:
    Receiver(pqxx::connection_base& connection, const InvalidationEvents& events)
        : pqxx::notification_receiver(connection, "tessera_changed"),
          events_(events)
    {
    }

    void operator()(const std::string& payload, int) override
    {
        std::istringstream words{payload};
        Invalidation change;
        std::string project;
        words >> change.kind >> project >> change.row;
        if (const auto uuid = parse_uuid(project)) {
            change.project = ProjectId{*uuid};
            events_.changed(change);
        } else {
            events_.all();
        }
    }

private:
    const InvalidationEvents& events_;
};

}  // namespace

struct InvalidationListener::State {
    std::string url;
    std::string role;
    InvalidationEvents events;
    std::atomic<bool> stopping = false;
    std::atomic<bool> listening = false;
    std::mutex mutex;
    std::condition_variable stopped;
    std::thread thread;

    void listen_until_lost()
    {
        pqxx::connection connection{
            conninfo_with(url, {{"user", role},
                                {"application_name", "tessera-listen"},
                                {"connect_timeout", "2"},
                                // A peer that vanished is noticed within seconds, not when TCP gives up.
                                {"keepalives_idle", "1"},
                                {"keepalives_interval", "1"},
                                {"keepalives_count", "2"},
                                {"tcp_user_timeout", "3000"}})};
        forbid_reactivation(connection);
        Receiver receiver{connection, events};
        {
            // A listener takes effect with the next transaction.
            pqxx::nontransaction work{connection};
            work.exec("SELECT 1");
        }
        listening = true;
        log::info("invalidations_listening");
        events.all();  // whatever changed before now was not heard
        while (!stopping) {
            connection.await_notification(0, poll_us);
        }
    }

    void run()
    {
        while (!stopping) {
            try {
                listen_until_lost();
            } catch (const std::exception& error) {
                if (listening.exchange(false)) {
                    log::warning("invalidations_lost", {{"detail", error.what()}});
                    events.all();
                }
                std::unique_lock lock{mutex};
                stopped.wait_for(lock, retry_after, [this] { return stopping.load(); });
            }
        }
    }
};

InvalidationListener::InvalidationListener(std::string database_url, std::string role,
                                           InvalidationEvents events)
    : state_(std::make_unique<State>())
{
    state_->url = std::move(database_url);
    state_->role = std::move(role);
    state_->events = std::move(events);
    state_->thread = std::thread{[state = state_.get()] { state->run(); }};
}

InvalidationListener::~InvalidationListener()
{
    {
        const std::lock_guard lock{state_->mutex};
        state_->stopping = true;
    }
    state_->stopped.notify_all();
    state_->thread.join();
}

bool InvalidationListener::is_listening() const { return state_->listening; }

}  // namespace tessera::storage
