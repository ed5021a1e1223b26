// tessera keys create|policy|enrol|withdraw|destroy|unlock|backup-key|rewrap
#include <charconv>

#include "base/secret.hpp"
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/keyd_admin.hpp"

namespace tessera::commands {

namespace {

using keyd::v1::Request;

Result<std::uint32_t, CommandError> seconds_of(const Invocation& invocation, std::string_view option)
{
    const auto text = invocation.find(option);
    std::uint32_t number = 0;
    if (text) {
        const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (code != std::errc{} || end != text->data() + text->size()) {
            return CommandError{Exit::usage, "--" + std::string{option} + " takes a whole number"};
        }
    }
    return number;
}

CommandResult fill_policy(const Invocation& invocation, keyd::v1::KeyringPolicy& policy)
{
    for (const std::string& typ : invocation.find_all("typ")) {
        policy.add_typs(typ);
    }
    TRY(auto lifetime, seconds_of(invocation, "lifetime-max"));
    TRY(auto period, seconds_of(invocation, "rotation-period"));
    TRY(auto max_age, seconds_of(invocation, "jwks-max-age"));
    TRY(auto before, seconds_of(invocation, "publish-before"));
    TRY(auto delay, seconds_of(invocation, "destroy-delay"));
    TRY(auto bits, seconds_of(invocation, "rsa-bits"));
    policy.set_lifetime_max_s(lifetime);
    policy.set_rotation_period_s(period);
    policy.set_jwks_max_age_s(max_age);
    policy.set_publish_before_s(before);
    policy.set_destroy_delay_s(delay);
    policy.set_rsa_bits(bits);
    return ok();
}

CommandResult call_and_print(const Invocation& invocation, const Environment& environment, Request request)
{
    TRY(auto&& response, call_keyd(invocation, environment, std::move(request)));
    return show_answer(invocation,
                       response.has_keyring() ? to_json(response.keyring()) : json::object{{"done", true}});
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto label, invocation.load("label"));
    Request request;
    auto& creation = *request.mutable_create_keyring();
    creation.set_label(label);
    creation.set_token(invocation.find("token").value_or(""));
    creation.set_shared(invocation.has("shared"));
    for (const std::string& name : invocation.find_all("algorithm")) {
        TRY(auto algorithm, parse_algorithm_option(name));
        creation.add_algorithms(algorithm);
    }
    for (const std::string& issuer : invocation.find_all("issuer")) {
        creation.add_issuers(issuer);
    }
    TRY(fill_policy(invocation, *creation.mutable_policy()));
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult policy(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    Request request;
    request.mutable_set_keyring_policy()->set_keyring_id(keyring);
    TRY(fill_policy(invocation, *request.mutable_set_keyring_policy()->mutable_policy()));
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult enrol(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    TRY(auto issuer, invocation.argument(1, "ISSUER"));
    Request request;
    request.mutable_enrol_issuer()->set_keyring_id(keyring);
    request.mutable_enrol_issuer()->set_issuer(issuer);
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult withdraw(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    TRY(auto issuer, invocation.argument(1, "ISSUER"));
    Request request;
    request.mutable_withdraw_issuer()->set_keyring_id(keyring);
    request.mutable_withdraw_issuer()->set_issuer(issuer);
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult destroy(const Invocation& invocation, const Environment& environment)
{
    TRY(auto keyring, invocation.argument(0, "KEYRING (an id)"));
    if (invocation.find("yes") != keyring) {
        return CommandError{
            Exit::usage, "this destroys every key of the keyring for ever; repeat its id: --yes " + keyring};
    }
    Request request;
    request.mutable_destroy_keyring()->set_keyring_id(keyring);
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult unlock(const Invocation& invocation, const Environment& environment)
{
    TRY(auto pin, read_secret_line("PIN"));
    Request request;
    request.mutable_unlock()->set_token(invocation.find("token").value_or(""));
    request.mutable_unlock()->set_pin(pin);
    const SecretBytes wiped = SecretBytes::take(pin);
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult backup_key(const Invocation& invocation, const Environment& environment)
{
    Request request;
    auto& backup = *request.mutable_set_backup_key();
    if (!invocation.has("remove")) {
        TRY(auto path, invocation.load("public-key"));
        TRY(auto pem, read_input(path));
        backup.set_public_key_pem(pem);
    }
    return call_and_print(invocation, environment, std::move(request));
}

CommandResult rewrap(const Invocation& invocation, const Environment& environment)
{
    Request request;
    request.mutable_rewrap_data_keys()->set_data_keys(invocation.has("data-keys"));
    return call_and_print(invocation, environment, std::move(request));
}

#define POLICY_OPTIONS                                                                                       \
    {"typ", "TYP", "a JWT typ it may sign; may be repeated"},                                                \
        {"lifetime-max", "SECONDS", "longest exp - iat"},                                                    \
        {"rotation-period", "SECONDS", "how long a key signs"},                                              \
        {"jwks-max-age", "SECONDS", "of the served JWKS"},                                                   \
        {"publish-before", "SECONDS", "in the JWKS before it signs"},                                        \
        {"destroy-delay", "SECONDS", "from removal to destruction"}, {"rsa-bits", "BITS", "3072, or 2048"},  \
        keyd_socket_option

constexpr Option create_options[] = {{"label", "LABEL", "unique"},
                                     {"token", "LABEL", "the token it lives on; the first when left out"},
                                     {"algorithm", "ALG", "the first is the default; may be repeated"},
                                     {"shared", "", "realms may be enrolled in it"},
                                     {"issuer", "URL", "an issuer it signs for; may be repeated"},
                                     POLICY_OPTIONS};
constexpr Option policy_options[] = {POLICY_OPTIONS};
constexpr Option destroy_options[] = {{"yes", "KEYRING", "its id again"}, keyd_socket_option};
constexpr Option unlock_options[] = {{"token", "LABEL", "the first when left out"}, keyd_socket_option};
constexpr Option backup_options[] = {
    {"public-key", "FILE", "RSA public key in PEM, 3,072 bits or more; - is standard input"},
    {"remove", "", "wrap to the token's key only"},
    keyd_socket_option};
constexpr Option rewrap_options[] = {{"data-keys", "", "also a new data key for each project"},
                                     keyd_socket_option};
constexpr Option plain_options[] = {keyd_socket_option};

#undef POLICY_OPTIONS

constexpr Command table[] = {
    {"keys", "create", "", "Make a keyring.", create_options, create},
    {"keys", "policy", "KEYRING", "Change a keyring's policy; what is not given stays.", policy_options,
     policy},
    {"keys", "enrol", "KEYRING ISSUER", "A keyring signs for this issuer too.", plain_options, enrol},
    {"keys", "withdraw", "KEYRING ISSUER", "A keyring signs for this issuer no more.", plain_options,
     withdraw},
    {"keys", "destroy", "KEYRING", "Destroy a keyring and its keys on the token. Cannot be undone.",
     destroy_options, destroy},
    {"keys", "unlock", "", "Give keyd the PIN of a token, read from standard input.", unlock_options, unlock},
    {"keys", "backup-key", "",
     "Wrap every data key to this public key too, so that losing the token loses no data.", backup_options,
     backup_key},
    {"keys", "rewrap", "", "Make a new wrapping key and wrap every data key again, in the background.",
     rewrap_options, rewrap},
};

}  // namespace

std::span<const Command> keys_manage_commands() { return table; }

}  // namespace tessera::commands
