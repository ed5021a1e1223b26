#include "daemon/commands/keyd_admin.hpp"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "base/clock.hpp"
#include "keyd/client/client.hpp"

namespace tessera::commands {

namespace {

using Answer = std::optional<Result<keyd::v1::Response, keyd::KeydError>>;

// Making an RSA key on a slow token takes seconds, testing a token two minutes at most.
constexpr Milliseconds deadline{130'000};
constexpr Milliseconds connect_max{3'000};

Async<void> call_once(keyd::Client& client, asio::steady_timer& reach, keyd::v1::Request request,
                      Answer& answer)
{
    answer.emplace(co_await client.call(std::move(request), deadline));
    reach.cancel();
    client.stop();
}

CommandError to_command_error(const keyd::KeydError& error, const std::string& socket)
{
    const bool later = error.fault == keyd::KeydFault::unavailable;
    if (error.code_name == "DISCONNECTED" || error.code_name == "NOT_CONNECTED"
        || error.code_name == "STOPPED") {
        return {Exit::unavailable, "cannot reach tessera-keyd at " + socket
                                       + "; is it running, and is your uid on its admin-uids list? ("
                                       + error.description + ")"};
    }
    return {later ? Exit::unavailable : Exit::refused, error.code_name + ": " + error.description};
}

std::string_view state_name(keyd::v1::KeyState state)
{
    switch (state) {
    case keyd::v1::CREATED: return "created";
    case keyd::v1::PUBLISHED: return "published";
    case keyd::v1::READY: return "ready";
    case keyd::v1::ACTIVE: return "active";
    case keyd::v1::RETIRED: return "retired";
    case keyd::v1::REMOVED: return "removed";
    case keyd::v1::DESTROYED: return "destroyed";
    default: return "unknown";
    }
}

json::string text(std::string_view from) { return json::string{from.data(), from.size()}; }

json::value instant(std::int64_t us)
{
    return us == 0 ? json::value{} : json::value(text(to_rfc3339(Instant{Microseconds{us}})));
}

}  // namespace

Result<keyd::v1::Response, CommandError> call_keyd(const Invocation& invocation,
                                                   const Environment& environment, keyd::v1::Request request)
{
    const std::string socket = invocation.find("keyd-socket").value_or(environment.keyd_admin_socket);
    asio::io_context loop{1};
    Answer answer;
    keyd::Client client{
        loop, {.socket_path = socket, .program = "tessera keys " TESSERA_VERSION, .watch = false}, {}};
    client.start();
    asio::steady_timer reach{loop, connect_max};
    reach.async_wait([&client](const boost::system::error_code& error) {
        if (!error && !client.is_connected()) {
            client.stop();
        }
    });
    asio::co_spawn(loop, call_once(client, reach, std::move(request), answer), asio::detached);
    loop.run();
    if (!answer) {
        return CommandError{Exit::unavailable, "no answer from " + socket};
    }
    if (answer->has_error()) {
        return to_command_error(answer->error(), socket);
    }
    return std::move(answer->value());
}

std::string_view algorithm_name(keyd::v1::Algorithm algorithm)
{
    switch (algorithm) {
    case keyd::v1::ES256: return "ES256";
    case keyd::v1::RS256: return "RS256";
    case keyd::v1::PS256: return "PS256";
    case keyd::v1::EDDSA: return "EdDSA";
    default: return "";
    }
}

Result<keyd::v1::Algorithm, CommandError> parse_algorithm_option(const std::string& name)
{
    for (const auto algorithm : {keyd::v1::ES256, keyd::v1::RS256, keyd::v1::PS256, keyd::v1::EDDSA}) {
        if (algorithm_name(algorithm) == name) {
            return algorithm;
        }
    }
    return CommandError{Exit::usage, "algorithms are ES256, RS256, PS256 and EdDSA, not " + name};
}

json::array keys_to_json(const keyd::v1::KeyringView& keyring)
{
    json::array keys;
    for (const auto& key : keyring.keys()) {
        json::object one;
        one["kid"] = key.kid();
        one["algorithm"] = text(algorithm_name(key.algorithm()));
        one["state"] = text(state_name(key.state()));
        one["created"] = instant(key.created_us());
        one["published"] = instant(key.published_us());
        one["active"] = instant(key.active_us());
        one["retired"] = instant(key.retired_us());
        one["removed"] = instant(key.removed_us());
        one["signatures"] = key.signatures();
        one["compromised"] = key.compromised();
        one["missing"] = key.missing();
        keys.push_back(std::move(one));
    }
    return keys;
}

json::object to_json(const keyd::v1::KeyringView& keyring)
{
    json::object object;
    object["id"] = keyring.keyring_id();
    object["label"] = keyring.label();
    object["token"] = keyring.token();
    object["shared"] = keyring.shared();
    object["revision"] = keyring.revision();
    object["default_algorithm"] = text(algorithm_name(keyring.default_algorithm()));
    json::array issuers;
    for (const auto& issuer : keyring.issuers()) {
        issuers.emplace_back(issuer);
    }
    object["issuers"] = std::move(issuers);
    const auto& policy = keyring.policy();
    json::array typs;
    for (const auto& typ : policy.typs()) {
        typs.emplace_back(typ);
    }
    object["policy"] = json::object{{"typs", std::move(typs)},
                                    {"lifetime_max_s", policy.lifetime_max_s()},
                                    {"rotation_period_s", policy.rotation_period_s()},
                                    {"jwks_max_age_s", policy.jwks_max_age_s()},
                                    {"publish_before_s", policy.publish_before_s()},
                                    {"destroy_delay_s", policy.destroy_delay_s()},
                                    {"rsa_bits", policy.rsa_bits()}};
    object["keys"] = keys_to_json(keyring);
    return object;
}

}  // namespace tessera::commands
