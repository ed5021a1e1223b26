// tessera-keyd: the composition root. Every object is built here, in order, by name.
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/settings.hpp"
#include "keyd/keyring/keyrings.hpp"
#include "keyd/keyring/policy.hpp"
#include "keyd/keyring/token_serials.hpp"
#include "keyd/pkcs11/module.hpp"
#include "keyd/pkcs11/token.hpp"
#include "keyd/server/confinement.hpp"
#include "keyd/server/lent.hpp"
#include "keyd/server/listener.hpp"
#include "keyd/server/server.hpp"
#include "keyd/server/service_manager.hpp"
#include "keyd/settings/keyd_settings.hpp"
#include "keyd/settings/pin.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Leak detection traces the process, which confine() forbids.
extern "C" const char* __asan_default_options();  // NOLINT: the runtime's name
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }
#endif
#endif

namespace tessera::keyd {

namespace {

namespace asio = boost::asio;
using server::StartError;

constexpr int exit_usage = 64;   // EX_USAGE: settings
constexpr int exit_config = 78;  // EX_CONFIG: what the settings name is not fit
constexpr std::size_t worker_batch_max = 8;
constexpr std::size_t management_waiting_max = 256;  // of operators
constexpr std::size_t ensure_waiting_max = 32;       // of fronts, for the same thread
constexpr Milliseconds start_retry{500};

int fail(int code, const std::string& text)
{
    log::error("start_refused", {{"what", text}});
    return code;
}

std::uint64_t random_incarnation()
{
    std::array<std::uint8_t, 8> bytes{};
    fill_random(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes) {
        number = number << 8 | byte;
    }
    return number;
}

Result<std::vector<NamedToken>, StartError> add_tokens(pkcs11::Module& module, const KeydSettings& settings,
                                                       const std::string& credentials_directory)
{
    // The settings' number comes before the remembered one: an operator replaced the token.
    std::map<std::string, std::string> serials = settings.token_serials;
    serials.merge(remembered_serials(settings.state_directory));
    std::vector<NamedToken> tokens;
    for (const std::string& label : settings.tokens) {
        auto pin = pin_source(settings, label, credentials_directory);
        if (!pin) {
            return StartError{std::move(pin).error().text};
        }
        pkcs11::Token& token = module.add_token({.label = label,
                                                 .serial = serials[label],
                                                 .pin = std::move(pin).value(),
                                                 .sessions_max = settings.sessions,
                                                 .verify_one_in = settings.verify_one_in});
        tokens.push_back({label, &token});
        const pkcs11::TokenHealth health = token.health();
        log::write(health.state == pkcs11::TokenState::operational ? log::Level::info : log::Level::warning,
                   "token", {},
                   {{"label", label}, {"state", to_string(health.state)}, {"reason", health.reason}});
    }
    return tokens;
}

Result<std::vector<server::Listener>, StartError> make_listeners(asio::io_context& loop,
                                                                 const KeydSettings& settings,
                                                                 const server::InheritedSockets& inherited)
{
    using server::SocketKind;
    struct Wanted {
        SocketKind kind;
        std::optional<int> descriptor;
        const std::string& path;
        const std::string& group;
        const std::vector<std::string>& uids;
    };
    std::vector<server::Listener> listeners;
    for (const Wanted& wanted : {Wanted{SocketKind::front, inherited.front, settings.front_socket,
                                        settings.front_group, settings.front_uids},
                                 Wanted{SocketKind::admin, inherited.admin, settings.admin_socket,
                                        settings.admin_group, settings.admin_uids}}) {
        auto uids = server::resolve_uids(wanted.uids);
        if (!uids) {
            return StartError{fmt::format("{}-uids: {}", to_string(wanted.kind), uids.error().text)};
        }
        const server::ListenOptions options{wanted.path, wanted.group, std::move(uids).value()};
        auto listener = wanted.descriptor ? listen_on(loop, wanted.kind, *wanted.descriptor, options)
                                          : listen_at(loop, wanted.kind, options);
        if (!listener) {
            return StartError{fmt::format("{} socket: {}", to_string(wanted.kind), listener.error().text)};
        }
        listeners.push_back(std::move(listener).value());
    }
    return listeners;
}

// What the management thread does between calls: opens the records as soon as the token allows it, then rotation.
class Chores {
public:
    explicit Chores(Keyrings& keyrings) : keyrings_(keyrings) {}

    Milliseconds run()
    {
        if (keyrings_.is_started()) {
            return keyrings_.tick();
        }
        const auto started = keyrings_.start();
        const v1::ErrorCode code = started ? v1::ERROR_UNSPECIFIED : started.error().code;
        if (code != last_) {
            last_ = code;
            log::write(started ? log::Level::info : log::Level::warning,
                       started ? "keyrings_opened" : "keyrings_closed", {},
                       {{"error_code", started ? "" : v1::ErrorCode_Name(code)},
                        {"description", started ? "" : started.error().description}});
        }
        return started ? Milliseconds{0} : start_retry;
    }

private:
    Keyrings& keyrings_;
    v1::ErrorCode last_ = v1::INTERNAL;
};

// Who is told what changes, by the module's and the management thread: nobody until the server is there and after it went.
using Told = server::Lent<server::Server>;

pkcs11::ModuleOptions module_options(const KeydSettings& settings, const Told& told)
{
    pkcs11::ModuleOptions options;
    options.path = settings.module;
    options.environment = settings.module_environment;
    options.call_max = settings.call_max;
    options.on_health_changed = [&told] { told.with([](server::Server& server) { server.check_health(); }); };
    return options;
}

KeyringOptions keyring_options(const KeydSettings& settings, const Told& told)
{
    KeyringOptions options;
    options.state_directory = settings.state_directory;
    options.issuer_domain = settings.issuer_domain;
    options.realm_algorithms = settings.realm_algorithms;
    options.realm_policy = settings.realm_policy;
    options.realm_keyrings_max = settings.realm_keyrings_max;
    options.realm_issuers_max = settings.realm_issuers_max;
    options.data_keys_max = settings.data_keys_max;
    options.clock_ahead_max = settings.clock_ahead_max;
    options.spare_keys = settings.spare_keys;
    options.on_change = [&told](const v1::KeyringChanged& change) {
        told.with([&change](server::Server& server) { server.announce(change); });
    };
    return options;
}

// The part of keyd that has threads and sockets. Ends when the loop does.
int serve(const KeydSettings& settings, const server::Inheritance& inheritance, asio::io_context& loop,
          server::Rooms& rooms, std::vector<server::Listener> listeners, Told& told)
{
    Chores chores{rooms.keyrings};
    chores.run();
    server::Server server{loop, rooms};
    const auto deliver = [&server](std::vector<server::Answered> answers) {
        server.deliver(std::move(answers));
    };
    const auto refused = [&server](const server::Call& call, const Refusal& refusal) {
        server.note_refusal(call, refusal);
    };
    server::WorkQueue workers{{.name = "worker",
                               .threads = settings.sessions,
                               .front_waiting_max = settings.queue_max,
                               .admin_waiting_max = settings.queue_max,
                               .batch_max = worker_batch_max,
                               .deliver = deliver,
                               .refused = refused,
                               .chore = {}},
                              rooms};
    rooms.queue_length = [&workers] { return workers.length(); };
    server::WorkQueue management{{.name = "management",
                                  .threads = 1,
                                  .front_waiting_max = ensure_waiting_max,
                                  .admin_waiting_max = management_waiting_max,
                                  .batch_max = 1,
                                  .deliver = deliver,
                                  .refused = refused,
                                  .chore = [&chores] { return chores.run(); }},
                                 rooms};
    server.use(workers, management);
    for (server::Listener& listener : listeners) {
        server.accept_on(std::move(listener));
    }
    server.start();
    told.lend(server);

    server::ServiceManager service_manager{loop, inheritance.notify_socket, inheritance.watchdog_us};
    asio::signal_set signals{loop, SIGTERM, SIGINT};
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) {
            service_manager.tell("STOPPING=1");
            server.drain();
        }
    });
    log::info("ready", {{"version", TESSERA_VERSION}, {"workers", settings.sessions}});
    service_manager.ready();
    loop.run();
    told.take_back();
    return 0;
}

int run(const KeydSettings& settings)
{
    const auto inherited = server::inherited_sockets();
    if (!inherited) {
        return fail(exit_config, inherited.error().text);
    }
    const server::Inheritance inheritance = server::take_environment();
    if (const auto held = server::hold_state_directory(settings.state_directory); !held) {
        return fail(exit_config, held.error().text);
    }
    server::lock_memory();

    asio::io_context loop{1};
    auto listeners = make_listeners(loop, settings, inherited.value());
    if (!listeners) {
        return fail(exit_config, listeners.error().text);
    }
    const SystemClock clock;
    Told told;
    auto module = pkcs11::Module::load(module_options(settings, told));
    if (!module) {
        return fail(exit_config, fmt::format("module {}: {}", settings.module, to_string(module.error())));
    }
    auto tokens = add_tokens(*module.value(), settings, inheritance.credentials_directory);
    if (!tokens) {
        return fail(exit_config, tokens.error().text);
    }
    Keyrings keyrings{keyring_options(settings, told), tokens.value(), clock};
    server::Rooms rooms{.keyrings = keyrings,
                        .module = *module.value(),
                        .tokens = tokens.value(),
                        .clock = clock,
                        .incarnation = random_incarnation(),
                        .queue_length = [] { return 0; }};
    return serve(settings, inheritance, loop, rooms, std::move(listeners).value(), told);
}

int start(std::span<const std::string> arguments)
{
    for (const std::string& argument : arguments) {
        if (argument == "--version") {
            fmt::print("tessera-keyd {}\n", TESSERA_VERSION);
            return 0;
        }
        if (argument == "--help") {
            fmt::print("usage: tessera-keyd [--config=FILE] [--name=value ...]\n\nThe key daemon of Tessera: "
                       "holds the "
                       "sessions to the HSM and signs what its policy allows.\n\n{}",
                       settings_help(keyd_setting_table()));
            return 0;
        }
    }
    const auto settings = read_keyd_settings(arguments);
    if (!settings) {
        fmt::print(stderr, "tessera-keyd: {}\n", settings.error().text);
        return exit_usage;
    }
    if (const auto policy = merge_policy(default_policy(), settings.value().realm_policy); !policy) {
        fmt::print(stderr, "tessera-keyd: settings of realms' keyrings: {}\n", policy.error().description);
        return exit_usage;
    }
    log::start("tessera-keyd", settings.value().log_level);
    return run(settings.value());
}

}  // namespace

}  // namespace tessera::keyd

int main(int argc, char** argv)
{
    tessera::keyd::server::confine();
    // Parse errors are answers here; Protobuf's own lines would break the structured log.
    google::protobuf::SetLogHandler(nullptr);
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        return tessera::keyd::start(arguments);
    } catch (const std::exception& error) {
        fmt::print(stderr, "tessera-keyd: {}\n", error.what());
        return EXIT_FAILURE;
    }
}
