#include "daemon/commands/front_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "daemon/audit/keyring_changed.hpp"

namespace tessera {

namespace {

constexpr Milliseconds keyd_looked_at_every{100};

keyd::ClientOptions keyd_options(const Settings& settings)
{
    keyd::ClientOptions options;
    options.socket_path = settings.text("keyd-socket");
    options.program = "tessera serve " TESSERA_VERSION;
    return options;
}

KeydState state_of(const keys::Keys& keys)
{
    if (!keys.is_connected()) {
        return KeydState::unreachable;
    }
    if (keys.health() == nullptr) {
        return KeydState::unavailable;  // told within moments of connecting
    }
    switch (keys.health()->state()) {
    case keyd::v1::OPERATIONAL:
    case keyd::v1::DEGRADED: return KeydState::serving;
    case keyd::v1::SERVICE_SEALED: return KeydState::sealed;
    default: return KeydState::unavailable;
    }
}

// Every loop of every front hears of a change; the trail has it once.
keys::Keys::Changed record_changes(audit::KeyringTrail& trail)
{
    return [&trail](const keyd::v1::KeyringChanged& pushed) {
        if (const auto id = KeyringId::parse(pushed.keyring().keyring_id())) {
            trail.told({*id, pushed.keyring().revision(), audit::kids_of(pushed.keyring().jwks()),
                        pushed.destroyed()});
        }
    };
}

}  // namespace

std::string_view to_string(KeydState state)
{
    switch (state) {
    case KeydState::unreachable: return "unreachable";
    case KeydState::sealed: return "sealed";
    case KeydState::unavailable: return "unavailable";
    case KeydState::serving: return "serving";
    }
    return "";
}

FrontLoop::FrontLoop(const Shared& shared)
    : work_(io_.get_executor()),
      limits_(shared.limits),
      admission_(shared.admission),
      realms_({shared.settings.text("issuer-base")}, shared.app_pool, shared.system_pool, shared.threads,
              shared.clock, metrics_, shared.changes_heard),
      keyring_trail_(io_, shared.audit, shared.clock),
      keys_(io_, keyd_options(shared.settings), record_changes(keyring_trail_)),
      access_tokens_(shared.app_pool, shared.threads, shared.clock, metrics_, shared.changes_heard),
      rotations_(shared.app_pool, shared.threads),
      front_{shared.settings,
             shared.clock,
             shared.app_pool,
             shared.system_pool,
             shared.threads,
             realms_,
             keys_,
             shared.audit,
             refusals_,
             shared.passwords,
             admission_,
             metrics_,
             access_tokens_,
             metadata_documents_,
             shared.fetcher,
             rotations_,
             shared.mail_outlook},
      connections_(io_, limits_, shared.clock, metrics_),
      clock_(shared.clock)
{
}

FrontLoop::~FrontLoop() { stop(); }

http::Site& FrontLoop::add_site(http::Service service)
{
    sites_.push_back(std::make_unique<http::Site>(
        http::Site{limits_, clock_, metrics_, connections_, std::move(service), {}, {}, false, nullptr}));
    return *sites_.back();
}

void FrontLoop::listen(http::Site& site, http::SocketFd socket)
{
    listeners_.push_back(std::make_unique<http::Listener>(io_, site, std::move(socket)));
}

void FrontLoop::start()
{
    keys_.start();
    connections_.start();
    for (const auto& listener : listeners_) {
        listener->start();
    }
    asio::co_spawn(io_, watch_keyd(), asio::detached);
    thread_ = std::thread{[this] { io_.run(); }};
}

void FrontLoop::spawn(Async<void> work) { asio::co_spawn(io_, std::move(work), asio::detached); }

Async<void> FrontLoop::watch_keyd()
{
    asio::steady_timer timer{io_};
    while (!stopping_) {
        keyd_.store(state_of(keys_), std::memory_order_relaxed);
        timer.expires_after(keyd_looked_at_every);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

void FrontLoop::invalidate(const storage::Invalidation& change)
{
    asio::post(io_, [this, change] {
        realms_.invalidate(change);
        access_tokens_.invalidate(change);
    });
}

void FrontLoop::invalidate_all()
{
    asio::post(io_, [this] {
        realms_.invalidate_all();
        access_tokens_.invalidate_all();
    });
}

void FrontLoop::replace_tls(http::TlsContextPtr context)
{
    asio::post(io_, [this, context = std::move(context)] {
        for (const auto& site : sites_) {
            if (site->tls) {
                site->tls = context;
            }
        }
    });
}

void FrontLoop::drain()
{
    asio::post(io_, [this] {
        for (const auto& listener : listeners_) {
            listener->stop();
        }
        connections_.drain();
    });
}

void FrontLoop::stop()
{
    if (!thread_.joinable()) {
        return;
    }
    // No io_.stop(): what still runs refers to members and must end by itself. Every remote call has a deadline.
    asio::post(io_, [this] {
        stopping_ = true;
        for (const auto& listener : listeners_) {
            listener->stop();
        }
        connections_.stop();
        keys_.stop();
        keyring_trail_.stop();
        work_.reset();
    });
    thread_.join();
}

}  // namespace tessera
