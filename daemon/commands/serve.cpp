#include "daemon/commands/serve.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sd_notify.hpp"
#include "daemon/commands/admin_site.hpp"
#include "daemon/commands/background.hpp"
#include "daemon/commands/front_loop.hpp"
#include "daemon/commands/listeners.hpp"
#include "daemon/commands/mail_room.hpp"
#include "daemon/commands/serve_options.hpp"
#include "daemon/http/handover.hpp"
#include "daemon/jobs/logout.hpp"
#include "daemon/mail/outlook.hpp"
#include "daemon/metrics_text.hpp"
#include "daemon/outbound/fetch.hpp"
#include "daemon/routes.hpp"
#include "daemon/settings/serve_settings.hpp"
#include "storage/invalidations.hpp"

namespace tessera {

namespace {

constexpr int exit_ok = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

constexpr Milliseconds drain_looked_at_every{20};

using Loops = std::vector<std::unique_ptr<FrontLoop>>;

int fail(int code, const std::string& text)
{
    std::fprintf(stderr, "tessera serve: %s\n", text.c_str());
    return code;
}

void tell_manager(std::string_view state)
{
    const char* socket = std::getenv("NOTIFY_SOCKET");
    sd_notify(socket == nullptr ? std::string_view{} : socket, state);
}

// File first, then arguments, wherever --config stands among them.
Result<void, SettingsError> read_settings(Settings& settings, std::span<const std::string> arguments)
{
    std::vector<std::string> rest;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].starts_with("--config=")) {
            TRY(settings.read_file(arguments[i].substr(9)));
        } else if (arguments[i] == "--config" && i + 1 < arguments.size()) {
            TRY(settings.read_file(arguments[++i]));
        } else {
            rest.push_back(arguments[i]);
        }
    }
    TRY(settings.read_arguments(rest));
    return check_serve_settings(settings);
}

// As many descriptors as the system lets us have: the cap on connections is ours.
void raise_descriptor_limit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

sigset_t block_signals()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGCHLD, SIG_IGN);  // a successor that fails leaves nothing to bury
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) {
        sigaddset(&signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

struct Certificate {
    const Settings& settings;

    Result<http::TlsContextPtr, http::TlsError> load() const
    {
        if (settings.flag("plain-http")) {
            return http::TlsContextPtr{};
        }
        return http::make_tls_context(settings.text("tls-certificate"), settings.text("tls-key"));
    }
};

void listen_public(FrontLoop& loop, const Settings& settings, const http::TrustedProxies& trusted,
                   const http::TlsContextPtr& tls, std::vector<http::SocketFd> sockets)
{
    Front& front = loop.front();
    // `front` belongs to the loop, which outlives its sessions; so does the service.
    http::Site& site = loop.add_site(
        {body_bytes_max, [&front](const http::Request& request) { return dispatch(front, request); }});
    site.trusted = trusted;
    site.forwarded_by = settings.text("forwarded-header") == "forwarded" ? http::ForwardedBy::forwarded
                                                                         : http::ForwardedBy::x_forwarded_for;
    site.proxy_protocol = settings.flag("proxy-protocol");
    site.tls = tls;
    for (http::SocketFd& socket : sockets) {
        loop.listen(site, std::move(socket));
    }
}

void reload_certificate(const Certificate& certificate, Loops& loops)
{
    auto context = certificate.load();
    if (context.has_error()) {
        // The old one serves on: a typing error must not be an outage.
        log::error("certificate_not_reloaded", {{"detail", context.error().text}});
        return;
    }
    for (const auto& loop : loops) {
        loop->replace_tls(context.value());
    }
    log::info("certificate_reloaded");
}

// Until every connection has ended, the time is over or a second signal comes.
void drain(Loops& loops, const sigset_t& signals, Milliseconds longest)
{
    log::info("draining");
    tell_manager("STOPPING=1");
    for (const auto& loop : loops) {
        loop->drain();
    }
    const timespec step{0, std::chrono::nanoseconds{drain_looked_at_every}.count()};
    const auto steps = longest / drain_looked_at_every;
    for (std::int64_t i = 0; i < steps; ++i) {
        const int signal = sigtimedwait(&signals, nullptr, &step);
        const bool done = std::ranges::all_of(loops, [](const auto& loop) { return loop->is_drained(); });
        // The first look is too early: the loops may not have taken what the kernel had accepted.
        if ((done && i > 1) || signal == SIGTERM || signal == SIGINT) {
            return;
        }
    }
}

// The main thread's work: signals, until one of them ends the process.
void run_until_told(Loops& loops, const sigset_t& signals, const Settings& settings,
                    const Certificate& certificate, std::span<const std::string> arguments,
                    ListeningSockets& sockets, std::atomic<bool>& draining, const std::string& program)
{
    while (true) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal == SIGHUP) {
            reload_certificate(certificate, loops);
        } else if (signal == SIGUSR2) {
            std::vector<std::string> all{"serve"};
            all.insert(all.end(), arguments.begin(), arguments.end());
            sockets.are_shared |= http::start_successor(program, all, sockets.all).has_value();
        } else {
            draining = true;
            // The loops have duplicates: while one descriptor is open, the kernel lets clients in.
            sockets.close();
            drain(loops, signals, Milliseconds{settings.integer("drain-timeout") * 1000});
            return;
        }
    }
}

// What the table's types cannot say, parsed.
struct Checked {
    log::Level level = log::Level::info;
    http::TrustedProxies trusted;
    outbound::AllowList outbound;
    mail::DeliveryOptions mail;
};

Result<Checked, SettingsError> check(const Settings& settings)
{
    Checked checked;
    std::string bad;
    auto trusted = http::TrustedProxies::parse(settings.list("trusted-proxies"), bad);
    if (!trusted) {
        return SettingsError{"trusted-proxies: '" + bad + "' is neither an address nor a range"};
    }
    if (!log::parse_level(settings.text("log-level"), checked.level)) {
        return SettingsError{"log-level is debug, info, warning or error"};
    }
    auto outbound = outbound::AllowList::parse(settings.list("outbound-allow"), bad);
    if (!outbound) {
        return SettingsError{"outbound-allow: '" + bad + "' is neither host:port nor a network"};
    }
    TRY(checked.mail, delivery_of(settings));
    checked.trusted = std::move(*trusted);
    checked.outbound = std::move(*outbound);
    return checked;
}

// The objects of the front by name, in the order they are built; destroyed the other way round.
struct Process {
    Process(const Settings& settings_, std::size_t public_loops, const Checked& checked)
        : settings(settings_),
          connections(static_cast<std::size_t>(settings.integer("db-connections"))),
          app_pool(pool_of(settings, "tessera_app", connections)),
          system_pool(pool_of(settings, "tessera_system", std::max<std::size_t>(1, connections / 2))),
          audit_pool(pool_of(settings, "tessera_audit", 2)),
          audit({}, audit_pool, clock),
          threads(connections + 2),
          fetcher({checked.outbound, settings.text("outbound-ca-file"),
                   static_cast<std::size_t>(settings.integer("outbound-concurrency"))}),
          mail_outlook(checked.mail.smtp),
          passwords(login::PasswordHashingOptions::from(settings, std::thread::hardware_concurrency())),
          shared{settings,
                 clock,
                 app_pool,
                 system_pool,
                 threads,
                 audit,
                 passwords,
                 changes_heard,
                 fetcher,
                 mail_outlook,
                 limits_of(settings, public_loops),
                 admission_of(settings, public_loops)}
    {
        // One more for operators and probes: they get through when the public loops are full.
        for (std::size_t i = 0; i < public_loops + 1; ++i) {
            loops.push_back(std::make_unique<FrontLoop>(shared));
            metrics.push_back(&loops.back()->metrics());
        }
        logouts = std::make_unique<jobs::LogoutDeliveries>(admin().front(), fetcher);
        admin().spawn(logouts->run());
        asio::post(threads, [&pool = app_pool] { static_cast<void>(pool.lease()); });  // opens the first
    }

    FrontLoop& admin() { return *loops.back(); }

    KeydState keyd() const
    {
        KeydState worst = KeydState::serving;
        for (const auto& loop : loops) {
            worst = std::min(worst, loop->keyd());
        }
        return worst;
    }

    const Settings& settings;
    std::size_t connections;
    SystemClock clock;
    storage::Pool app_pool;
    storage::Pool system_pool;
    storage::Pool audit_pool;
    audit::Writer audit;
    ChangesHeard changes_heard{Tick{}};
    asio::thread_pool threads;
    outbound::Fetcher fetcher;
    mail::Outlook mail_outlook;
    login::PasswordHashing passwords;
    Shared shared;
    std::unique_ptr<jobs::LogoutDeliveries> logouts;  // of the admin loop, which ends first
    Loops loops;
    std::vector<const Metrics*> metrics;
    double start_time_s = static_cast<double>(to_unix_s(clock.now()));
    std::atomic<bool> draining{false};
};

storage::InvalidationEvents forward_to(Loops& loops, ChangesHeard& changes_heard, MailRoom& mail)
{
    return {[&loops](const storage::Invalidation& change) {
                for (const auto& loop : loops) {
                    loop->invalidate(change);
                }
            },
            [&loops] {
                for (const auto& loop : loops) {
                    loop->invalidate_all();
                }
            },
            [&changes_heard] {
                // Posted behind the notices heard before it, which the loops may still have before them.
                changes_heard.store(std::chrono::steady_clock::now(), std::memory_order_relaxed);
            },
            [&mail] { mail.wake(); }};
}

// What a scrape asks for.
MetricsNow now_of(const Process& process, const storage::InvalidationListener& listener, const MailRoom& mail)
{
    MetricsNow now;
    now.keyd_connected = process.keyd() == KeydState::serving;
    now.database_listening = listener.is_listening();
    now.audit_waiting = process.audit.waiting();
    now.start_time_s = process.start_time_s;
    now.mail = &mail.counts();
    now.fetches = &process.fetcher.counts();
    return now;
}

void listen_admin(Process& process, const storage::InvalidationListener& listener, const MailRoom& mail,
                  const ListeningSockets& sockets)
{
    FrontLoop& loop = process.admin();
    http::Site& admin = loop.add_site(
        admin_service({[&process, &listener] {
                           return Readiness{process.keyd(), listener.is_listening(), process.draining.load()};
                       },
                       [&process, &listener, &mail] {
                           return metrics_text(process.metrics, now_of(process, listener, mail));
                       }}));
    for (http::SocketFd& socket : sockets.of("admin", 0, 1)) {
        loop.listen(admin, std::move(socket));
    }
    http::Site& console = loop.add_site(console_service(loop.front()));
    for (http::SocketFd& socket : sockets.of("console", 0, 1)) {
        loop.listen(console, std::move(socket));
    }
}

int run(const Settings& settings, const Checked& checked, std::span<const std::string> arguments)
{
    // By its path, so that a successor is what an update put there.
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    const sigset_t signals = block_signals();
    raise_descriptor_limit();
    const std::size_t public_loops = loops_of(settings);
    const Certificate certificate{settings};
    auto tls = certificate.load();
    if (tls.has_error()) {
        return fail(exit_failed, tls.error().text);
    }
    auto opened = open_listening_sockets(settings, public_loops);
    if (opened.has_error()) {
        return fail(exit_failed, opened.error().text);
    }
    ListeningSockets sockets = std::move(opened.value());
    Process process{settings, public_loops, checked};
    MailRoom mail{settings, checked.mail, process.clock};
    const storage::InvalidationListener listener{settings.text("database-url"), "tessera_app",
                                                 forward_to(process.loops, process.changes_heard, mail)};
    for (std::size_t i = 0; i < public_loops; ++i) {
        listen_public(*process.loops[i], settings, checked.trusted, tls.value(),
                      sockets.of("http", i, public_loops));
    }
    listen_admin(process, listener, mail, sockets);
    const Jobs jobs{settings, process.clock};
    for (const auto& loop : process.loops) {
        loop->start();
    }
    log::info("serving", {{"version", TESSERA_VERSION},
                          {"issuer_base", settings.text("issuer-base")},
                          {"loops", public_loops}});
    tell_manager("READY=1\nMAINPID=" + std::to_string(getpid()));
    http::retire_predecessor();

    run_until_told(process.loops, signals, settings, certificate, arguments, sockets, process.draining,
                   program);
    process.logouts->stop();
    for (const auto& loop : process.loops) {
        loop->stop();
    }
    process.fetcher.stop();
    process.threads.join();
    log::info("stopped");
    return exit_ok;
}

}  // namespace

int serve(std::span<const std::string> arguments)
{
    if (std::ranges::find(arguments, "--help") != arguments.end()) {
        std::fputs(
            ("usage: tessera serve [--config=FILE] [--name=value]…\n\n" + settings_help(serve_settings()))
                .c_str(),
            stdout);
        return exit_ok;
    }
    Settings settings{serve_settings()};
    if (const auto read = read_settings(settings, arguments); read.has_error()) {
        return fail(exit_usage, read.error().text);
    }
    const auto checked = check(settings);
    if (checked.has_error()) {
        return fail(exit_usage, checked.error().text);
    }
    log::start("tessera-serve", checked.value().level);
    return run(settings, checked.value(), arguments);
}

}  // namespace tessera
