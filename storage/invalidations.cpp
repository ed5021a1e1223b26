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
constexpr long poll_us = 100'000;  // how soon a stop is noticed
constexpr Milliseconds beat_every{400};
constexpr Milliseconds beat_missed{2000};

class Receiver : public pqxx::notification_receiver {
public:
    Receiver(pqxx::connection_base& connection, const InvalidationEvents& events, std::string own_beat)
        : pqxx::notification_receiver(connection, "tessera_changed"),
          events_(events),
          own_beat_(std::move(own_beat))
    {
    }

    void operator()(const std::string& payload, int) override
    {
        if (payload.starts_with("beat ")) {
            if (payload == own_beat_) {
                heard_ = std::chrono::steady_clock::now();
                events_.beat();
            }
            return;
        }
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

    Tick heard() const { return heard_; }

private:
    const InvalidationEvents& events_;
    std::string own_beat_;
    Tick heard_ = std::chrono::steady_clock::now();
};

class MailReceiver : public pqxx::notification_receiver {
public:
    MailReceiver(pqxx::connection_base& connection, const InvalidationEvents& events)
        : pqxx::notification_receiver(connection, "tessera_mail"),
          events_(events)
    {
    }

    void operator()(const std::string&, int) override { events_.mail(); }

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

    static void beat(pqxx::connection_base& connection, const std::string& own_beat)
    {
        pqxx::nontransaction work{connection};
        work.exec("SELECT pg_notify('tessera_changed', " + work.quote(own_beat) + ")");
    }

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
        const std::string own_beat = "beat " + to_string(random_uuid());
        Receiver receiver{connection, events, own_beat};
        const MailReceiver mail_receiver{connection, events};
        beat(connection, own_beat);  // a listener takes effect with the next transaction
        listening = true;
        log::info("invalidations_listening");
        events.all();  // whatever changed before now was not heard
        events.mail();
        Tick sent = std::chrono::steady_clock::now();
        while (!stopping) {
            connection.await_notification(0, poll_us);
            const Tick now = std::chrono::steady_clock::now();
            if (now - sent >= beat_every) {
                sent = now;
                beat(connection, own_beat);
            }
            if (now - receiver.heard() > beat_missed) {
                throw std::runtime_error{
                    "notices of our own do not come back: database-url must reach PostgreSQL itself, not a "
                    "pooler in transaction mode"};
            }
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
