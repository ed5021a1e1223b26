#include "keyd/settings/keyd_settings.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/format.h>

namespace tessera::keyd {

namespace {

constexpr std::int64_t day_s = 86'400;

constexpr auto table = std::to_array<Setting>({
    {"front-socket", SettingType::path, "", "/run/tessera-keyd/front.sock", 0, 0, "0.1",
     "Unix socket for fronts, unless a socket named front is inherited."},
    {"admin-socket", SettingType::path, "", "/run/tessera-keyd/admin.sock", 0, 0, "0.1",
     "Unix socket for key management, unless a socket named admin is inherited."},
    {"front-uids", SettingType::list, "", "", 0, 0, "0.1",
     "User ids or names that may use the front socket. Empty is keyd's own user only."},
    {"admin-uids", SettingType::list, "", "", 0, 0, "0.1",
     "User ids or names that may use the admin socket; never a front's. Empty is keyd's own user only."},
    {"front-group", SettingType::text, "", "", 0, 0, "0.1",
     "Group that owns the front socket (mode 0660). Keyd's user must be a member. Without it everybody may "
     "connect and "
     "front-uids decides."},
    {"admin-group", SettingType::text, "", "", 0, 0, "0.1",
     "Group that owns the admin socket (mode 0660), as front-group does."},
    {"state-directory", SettingType::path, "", "/var/lib/tessera-keyd", 0, 0, "0.1",
     "Where keyd keeps its records: a directory of keyd's user with mode 0700. Holds no private key."},
    {"module", SettingType::path, "", "/usr/lib/softhsm/libsofthsm2.so", 0, 0, "0.1",
     "PKCS#11 library of the HSM. The default is SoftHSM, a token in software."},
    {"module-config-env", SettingType::list, "", "", 0, 0, "0.1",
     "Environment of the library as name=value, for instance SOFTHSM2_CONF=/etc/softhsm2.conf. Nothing else "
     "of the "
     "environment reaches it. Never a PIN."},
    {"tokens", SettingType::list, "", "tessera", 0, 0, "0.1",
     "Labels of the tokens in use. The first is the default and authenticates keyd's records."},
    {"token-serials", SettingType::list, "", "", 0, 0, "0.1",
     "Serial number of a token as LABEL=SERIAL. Without it keyd takes the token of the label that it finds "
     "first and "
     "holds to its serial number from then on, also after a restart. Name the new number here when an HSM "
     "was "
     "replaced."},
    {"pin-file", SettingType::list, "", "", 0, 0, "0.1",
     "File with the first token's PIN, or LABEL=FILE for each of several tokens; readable by keyd's user "
     "only. Without one "
     "the systemd credential hsm-pin is used (hsm-pin-LABEL for further tokens); without that keyd starts "
     "sealed."},
    {"pin-fd", SettingType::integer, "", "-1", -1, 1023, "0.1",
     "Inherited file descriptor to read the first token's PIN from, once. -1 is none."},
    {"issuer-domain", SettingType::text, "", "https://localhost:8443", 0, 0, "0.1",
     "Issuers of realms are <issuer-domain>/realms/<slug>; a front can have a keyring made for no other."},
    {"realm-keyrings-max", SettingType::integer, "keyrings", "100", 0, 1'000'000, "0.1",
     "Most keyrings that fronts may have made for realms."},
    {"realm-issuers-max", SettingType::integer, "issuers", "20000", 0, 1'000'000, "0.1",
     "Most issuers keyd signs for. Fronts may enrol no realm beyond it; an operator may."},
    {"data-keys-max", SettingType::integer, "keys", "20000", 0, 1'000'000, "0.1",
     "Most projects with a data key. Beyond it fronts may seal secrets of projects that have one only."},
    {"realm-algorithms", SettingType::list, "", "ES256,RS256", 0, 0, "0.1",
     "Algorithms of a realm's keyring, the default one first: ES256, RS256, PS256, EdDSA."},
    {"realm-typs", SettingType::list, "", "", 0, 0, "0.1",
     "JWT types a realm's keyring signs. Empty is keyd's own list."},
    {"lifetime-max", SettingType::integer, "s", "0", 0, 30 * day_s, "0.1",
     "Longest lifetime of a token a realm's keyring signs. 0 is keyd's default."},
    {"rotation-period", SettingType::integer, "s", "0", 0, 3650 * day_s, "0.1",
     "How long a key of a realm's keyring signs before its successor takes over. 0 is 30 days."},
    {"publish-before", SettingType::integer, "s", "0", 0, 30 * day_s, "0.1",
     "How long a key is in the JWKS before it signs. 0 is keyd's default of at least one hour."},
    {"destroy-delay", SettingType::integer, "s", "0", 0, 365 * day_s, "0.1",
     "From a key's removal from the JWKS to its destruction on the token. 0 is keyd's default."},
    {"rsa-bits", SettingType::integer, "bits", "0", 0, 4096, "0.1",
     "Size of RSA keys of realms' keyrings: 2048, 3072 or 4096. 0 is 3072."},
    {"clock-ahead-max", SettingType::integer, "s", "120", 120, 30 * day_s, "0.1",
     "How far the clock may jump ahead, by the monotonic clock, and keyd goes on signing. Beyond it SignJwt "
     "is refused until the "
     "clock is back or has run evenly for 65 minutes, because tokens would outlive their lifetime by the "
     "jump. A machine that is "
     "paused makes such jumps when it goes on."},
    {"spare-keys", SettingType::integer, "keys", "2", 0, 100, "0.1",
     "Keys kept ready on the first token for each of realm-algorithms, so that no new realm waits for key "
     "generation."},
    {"sessions", SettingType::integer, "sessions", "0", 0, 256, "0.1",
     "Worker threads, each with a PKCS#11 session of its own. 0 is one per processor; a network HSM wants 8 "
     "to 32."},
    {"queue-max", SettingType::integer, "requests", "4096", 1, 1'000'000, "0.1",
     "Requests that may wait for a worker; one more is answered OVERLOADED."},
    {"verify-one-in", SettingType::integer, "signatures", "64", 1, 1'000'000, "0.1",
     "Verify one in this many ECDSA signatures in software before it leaves, besides every first use of a "
     "key and every "
     "RSA and EdDSA signature. 1 is every one."},
    {"call-max", SettingType::integer, "ms", "10000", 100, 600'000, "0.1",
     "Longest a call into the library may take; then keyd ends itself and is restarted, because nothing else "
     "helps."},
    {"log-level", SettingType::text, "", "info", 0, 0, "0.1", "debug, info, warning or error."},
});

constexpr std::string_view config_prefix = "--config";

Result<std::vector<v1::Algorithm>, SettingsError> algorithms_of(const std::vector<std::string>& names)
{
    std::vector<v1::Algorithm> algorithms;
    for (const std::string& name : names) {
        v1::Algorithm algorithm{};
        const std::string known = name == "EdDSA" ? "EDDSA" : name;
        if (!v1::Algorithm_Parse(known, &algorithm) || algorithm == v1::ALGORITHM_UNSPECIFIED) {
            return SettingsError{
                fmt::format("realm-algorithms: '{}' is none of ES256, RS256, PS256, EdDSA", name)};
        }
        algorithms.push_back(algorithm);
    }
    if (algorithms.empty()) {
        return SettingsError{"realm-algorithms: at least one is needed"};
    }
    return algorithms;
}

Result<std::vector<std::pair<std::string, std::string>>, SettingsError>
environment_of(const std::vector<std::string>& items)
{
    std::vector<std::pair<std::string, std::string>> environment;
    for (const std::string& item : items) {
        const auto equals = item.find('=');
        if (equals == std::string::npos || equals == 0) {
            return SettingsError{fmt::format("module-config-env: '{}' is not name=value", item)};
        }
        environment.emplace_back(item.substr(0, equals), item.substr(equals + 1));
    }
    return environment;
}

Result<std::map<std::string, std::string>, SettingsError> pin_files_of(const std::vector<std::string>& items,
                                                                       const std::vector<std::string>& tokens)
{
    std::map<std::string, std::string> files;
    for (const std::string& item : items) {
        const auto equals = item.find('=');
        const bool is_plain = equals == std::string::npos || item.starts_with('/');
        const std::string label = is_plain ? tokens.front() : item.substr(0, equals);
        if (std::ranges::find(tokens, label) == tokens.end()) {
            return SettingsError{fmt::format("pin-file: '{}' is not among tokens", label)};
        }
        files.insert_or_assign(label, is_plain ? item : item.substr(equals + 1));
    }
    return files;
}

Result<std::map<std::string, std::string>, SettingsError> serials_of(const std::vector<std::string>& items,
                                                                     const std::vector<std::string>& tokens)
{
    std::map<std::string, std::string> serials;
    for (const std::string& item : items) {
        const auto equals = item.find('=');
        const std::string label = item.substr(0, equals);
        if (equals == std::string::npos || equals + 1 == item.size()) {
            return SettingsError{fmt::format("token-serials: '{}' is not LABEL=SERIAL", item)};
        }
        if (std::ranges::find(tokens, label) == tokens.end()) {
            return SettingsError{fmt::format("token-serials: '{}' is not among tokens", label)};
        }
        serials.insert_or_assign(label, item.substr(equals + 1));
    }
    return serials;
}

// What stands before "/realms/<slug>" in an issuer (RFC 8414 §2). http is for development.
bool is_origin(std::string_view text)
{
    const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
    return scheme > 0 && text.size() > scheme && std::ranges::all_of(text.substr(scheme), [](char c) {
               return c > ' ' && c < '\x7f' && std::string_view{"/?#@\"\\"}.find(c) == std::string_view::npos;
           });
}

v1::KeyringPolicy policy_of(const Settings& settings)
{
    const auto number = [&](std::string_view name) {
        return static_cast<std::uint32_t>(settings.integer(name));
    };
    v1::KeyringPolicy policy;
    for (const std::string& typ : settings.list("realm-typs")) {
        policy.add_typs(typ);
    }
    policy.set_lifetime_max_s(number("lifetime-max"));
    policy.set_rotation_period_s(number("rotation-period"));
    policy.set_publish_before_s(number("publish-before"));
    policy.set_destroy_delay_s(number("destroy-delay"));
    policy.set_rsa_bits(number("rsa-bits"));
    return policy;
}

std::size_t session_count(std::int64_t asked)
{
    const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
    return asked == 0 ? processors : static_cast<std::size_t>(asked);
}

Result<KeydSettings, SettingsError> check(const Settings& settings)
{
    KeydSettings checked{};
    checked.front_socket = settings.text("front-socket");
    checked.admin_socket = settings.text("admin-socket");
    checked.front_group = settings.text("front-group");
    checked.admin_group = settings.text("admin-group");
    checked.front_uids = settings.list("front-uids");
    checked.admin_uids = settings.list("admin-uids");
    checked.state_directory = settings.text("state-directory");
    checked.module = settings.text("module");
    checked.tokens = settings.list("tokens");
    checked.pin_fd = static_cast<int>(settings.integer("pin-fd"));
    checked.issuer_domain = settings.text("issuer-domain");
    checked.realm_policy = policy_of(settings);
    checked.realm_keyrings_max = static_cast<std::uint32_t>(settings.integer("realm-keyrings-max"));
    checked.realm_issuers_max = static_cast<std::uint32_t>(settings.integer("realm-issuers-max"));
    checked.data_keys_max = static_cast<std::uint32_t>(settings.integer("data-keys-max"));
    checked.clock_ahead_max = Seconds{settings.integer("clock-ahead-max")};
    checked.spare_keys = static_cast<std::uint32_t>(settings.integer("spare-keys"));
    checked.sessions = session_count(settings.integer("sessions"));
    checked.queue_max = static_cast<std::size_t>(settings.integer("queue-max"));
    checked.verify_one_in = static_cast<unsigned>(settings.integer("verify-one-in"));
    checked.call_max = Milliseconds{settings.integer("call-max")};
    if (checked.tokens.empty()) {
        return SettingsError{"tokens: at least one label is needed"};
    }
    if (!is_origin(checked.issuer_domain)) {
        return SettingsError{
            "issuer-domain: an https origin without a slash at its end, as https://id.example.com"};
    }
    if (!log::parse_level(settings.text("log-level"), checked.log_level)) {
        return SettingsError{"log-level: one of debug, info, warning, error"};
    }
    TRY(checked.realm_algorithms, algorithms_of(settings.list("realm-algorithms")));
    TRY(checked.module_environment, environment_of(settings.list("module-config-env")));
    TRY(checked.token_serials, serials_of(settings.list("token-serials"), checked.tokens));
    TRY(checked.pin_files, pin_files_of(settings.list("pin-file"), checked.tokens));
    return checked;
}

}  // namespace

std::span<const Setting> keyd_setting_table() { return table; }

Result<KeydSettings, SettingsError> read_keyd_settings(std::span<const std::string> arguments)
{
    Settings settings{table};
    std::vector<std::string> rest;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument == config_prefix && i + 1 < arguments.size()) {
            TRY(settings.read_file(arguments[++i]));
        } else if (argument.starts_with("--config=")) {
            TRY(settings.read_file(argument.substr(config_prefix.size() + 1)));
        } else {
            rest.push_back(argument);
        }
    }
    TRY(settings.read_arguments(rest));
    return check(settings);
}

}  // namespace tessera::keyd
