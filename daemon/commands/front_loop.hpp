// One event loop of `tessera serve`: its thread, its caches, its connection to keyd, its listeners. Nothing in it is shared
// with another loop but what the constructor borrows.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "daemon/audit/keyring_changed.hpp"
#include "daemon/front.hpp"
#include "daemon/http/listener.hpp"
#include "daemon/oauth/access_token.hpp"
#include "daemon/oauth/metadata.hpp"
#include "daemon/oauth/token/refresh_token.hpp"

namespace tessera {

// What all loops borrow; outlives them.
struct Shared {
    const Settings& settings;
    const Clock& clock;
    storage::Pool& app_pool;
    storage::Pool& system_pool;
    asio::thread_pool& threads;
    audit::Writer& audit;
    login::PasswordHashing& passwords;
    const ChangesHeard& changes_heard;
    outbound::Fetcher& fetcher;
    mail::Outlook& mail_outlook;
    http::Limits limits;
    http::Admission::Options admission;
};

// What keyd can do for a loop, the worst first.
enum class KeydState { unreachable, sealed, unavailable, serving };
std::string_view to_string(KeydState state);

class FrontLoop {
public:
    explicit FrontLoop(const Shared& shared);
    ~FrontLoop();  // stops and joins
    FrontLoop(const FrontLoop&) = delete;
    FrontLoop& operator=(const FrontLoop&) = delete;

    // Before start(). Each call is one listener with a service of its own.
    http::Site& add_site(http::Service service);
    void listen(http::Site& site, http::SocketFd socket);

    void start();
    // Before start(). Runs on this loop beside its requests; the loop ends only when it has.
    void spawn(Async<void> work);
    // From any thread.
    void invalidate(const storage::Invalidation& change);
    void invalidate_all();
    void replace_tls(http::TlsContextPtr context);
    // Stops accepting and lets connections end; is_drained() when the last has. stop() ends the thread.
    void drain();
    bool is_drained() const { return connections_.size() == 0; }
    void stop();

    Front& front() { return front_; }
    const Metrics& metrics() const { return metrics_; }
    // For /readyz, from any thread.
    KeydState keyd() const { return keyd_.load(std::memory_order_relaxed); }

private:
    Async<void> watch_keyd();

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    Metrics metrics_;
    http::Limits limits_;
    http::Admission admission_;
    RealmDirectory realms_;
    audit::KeyringTrail keyring_trail_;
    audit::RefusalBudget refusals_;
    keys::Keys keys_;
    oauth::AccessTokens access_tokens_;
    oauth::MetadataDocuments metadata_documents_;
    oauth::Rotations rotations_;
    Front front_;
    http::Connections connections_;
    const Clock& clock_;
    std::vector<std::unique_ptr<http::Site>> sites_;  // sessions borrow them: addresses stay
    std::vector<std::unique_ptr<http::Listener>> listeners_;
    std::atomic<KeydState> keyd_{KeydState::unreachable};
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace tessera
