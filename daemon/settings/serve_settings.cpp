#include "daemon/settings/serve_settings.hpp"

#include <array>
#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include "daemon/resource_uri.hpp"

namespace tessera {

namespace {

constexpr std::int64_t seconds_max = 3600;

constexpr auto table = std::to_array<Setting>({
    {"issuer-base", SettingType::text, "", "https://localhost:8443", 0, 0, "0.1",
     "Origin every issuer starts with: realm acme's issuer is <issuer-base>/realms/acme. Fixed; never taken "
     "from a request."},
    {"listen", SettingType::list, "", "127.0.0.1:8443", 0, 0, "0.1",
     "Addresses of the public listener, unless sockets named http are inherited."},
    {"tls-certificate", SettingType::path, "", "", 0, 0, "0.1",
     "PEM file with the certificate chain of the public listener. Read again on SIGHUP."},
    {"tls-key", SettingType::path, "", "", 0, 0, "0.1",
     "PEM file with the private key of tls-certificate; a credential only this process can read."},
    {"plain-http", SettingType::flag, "", "false", 0, 0, "0.1",
     "Serve HTTP without TLS. Accepted only when every listen address is loopback."},
    {"admin-listen", SettingType::text, "", "127.0.0.1:9090", 0, 0, "0.1",
     "Address of /healthz, /readyz and /metrics, unless a socket named admin is inherited. Keep it on "
     "loopback or a "
     "management network."},
    {"console-socket", SettingType::path, "", "/run/tessera/console.sock", 0, 0, "0.1",
     "Unix socket of the console API, unless a socket named console is inherited."},
    {"console-uids", SettingType::list, "", "0", 0, 0, "0.1",
     "Operators: user ids that may use the console API."},
    {"keyd-socket", SettingType::path, "", "/run/tessera-keyd/front.sock", 0, 0, "0.1",
     "Front socket of tessera-keyd."},
    {"database-url", SettingType::text, "", "host=/run/postgresql dbname=tessera", 0, 0, "0.1",
     "libpq connection string without user and password; the role is added, PostgreSQL authenticates by "
     "peer."},
    {"threads", SettingType::integer, "", "0", 0, 256, "0.1",
     "Event loops, one thread each. 0 is one per processor this process may run on."},
    {"db-connections", SettingType::integer, "", "8", 1, 256, "0.1",
     "Most PostgreSQL connections for requests inside a realm; half as many more look realms up, and jobs, "
     "audit and LISTEN have one or two each."},
    {"db-statement-timeout", SettingType::integer, "ms", "5000", 10, 60000, "0.1",
     "Longest a statement may run."},
    {"trusted-proxies", SettingType::list, "", "", 0, 0, "0.1",
     "Addresses or CIDR ranges of reverse proxies whose forwarded-header or PROXY header is believed."},
    {"forwarded-header", SettingType::text, "", "x-forwarded-for", 0, 0, "0.1",
     "The header trusted proxies write: x-forwarded-for, or forwarded (RFC 7239). The other is not read: a "
     "proxy passes on what a client wrote there."},
    {"proxy-protocol", SettingType::flag, "", "false", 0, 0, "0.1",
     "Expect a PROXY protocol v2 header on connections from trusted proxies."},
    {"in-flight-max", SettingType::integer, "", "1024", 1, 1000000, "0.1",
     "Requests worked on at once by the process; one more is answered 503 with Retry-After."},
    {"realm-in-flight-max", SettingType::integer, "", "0", 0, 1000000, "0.1",
     "Requests worked on at once for one realm, so that one cannot starve the others. 0 is 64 for each "
     "thread; more when the token takes long for a signature."},
    {"connections-max", SettingType::integer, "", "16384", 1, 1000000, "0.1",
     "Open connections; at the limit the one idle longest is closed."},
    {"handshake-timeout", SettingType::integer, "s", "10", 1, seconds_max, "0.1",
     "Longest a TLS handshake may take."},
    {"header-timeout", SettingType::integer, "s", "10", 1, seconds_max, "0.1",
     "Longest from the first byte of a request to the end of its header."},
    {"body-timeout", SettingType::integer, "s", "20", 1, seconds_max, "0.1",
     "Longest a request body may take."},
    {"write-timeout", SettingType::integer, "s", "20", 1, seconds_max, "0.1",
     "Longest a client may take to accept a response."},
    {"idle-timeout", SettingType::integer, "s", "75", 1, seconds_max, "0.1",
     "Longest a connection may stay idle."},
    {"drain-timeout", SettingType::integer, "s", "20", 1, seconds_max, "0.1",
     "Longest to finish requests after SIGTERM before connections are closed."},
    {"password-hash-memory-kib", SettingType::integer, "KiB", "19456", 19 * 1024, 256 * 1024, "0.1",
     "Memory of one Argon2id hash of a password. Measure with `tessera measure-passwords`; hashes made with "
     "other numbers are renewed at the next sign-in."},
    {"password-hash-iterations", SettingType::integer, "", "2", 2, 16, "0.1", "Passes over that memory."},
    {"password-hash-parallelism", SettingType::integer, "", "1", 1, 16, "0.1",
     "Lanes, and so threads, of one hash. More than 1 only helps where few people sign in at a time."},
    {"password-hash-slots", SettingType::integer, "", "0", 0, 256, "0.1",
     "Password hashes computed at once, on threads of their own; each takes password-hash-memory-kib. 0 is "
     "half the processors."},
    {"password-hash-waiting-max", SettingType::integer, "", "128", 0, 65536, "0.1",
     "Password checks that may wait for a slot; one more is answered 503 with Retry-After."},
    {"outbound-allow", SettingType::list, "", "", 0, 0, "0.1",
     "What the appliance may connect to besides the public internet: host:port, address:port, network/bits "
     "or "
     "network/bits:port, IPv6 in brackets before a port; http:// before it opens it for plain HTTP."},
    {"outbound-ca-file", SettingType::text, "", "", 0, 0, "0.1",
     "Certificate authorities (PEM) trusted for outgoing connections besides the system's."},
    {"outbound-concurrency", SettingType::integer, "", "128", 1, 4096, "0.1",
     "Outgoing requests at once; a realm has a quarter of them at most."},
    {"smtp-url", SettingType::text, "", "", 0, 0, "0.1",
     "Mail server: smtp://host:port (STARTTLS, port 587 by default) or smtps://host:port (TLS, 465). TLS is "
     "required; only "
     "towards a loopback address, and without smtp-user and smtp-ca-file, is it left out. Empty sends no "
     "mail."},
    {"smtp-from", SettingType::text, "", "", 0, 0, "0.1",
     "Sender of every mail: no-reply@example.com. The name shown beside it is the project's."},
    {"smtp-user", SettingType::text, "", "", 0, 0, "0.1",
     "User at the mail server. Empty sends without AUTH."},
    {"smtp-password-file", SettingType::path, "", "", 0, 0, "0.1",
     "File whose first line is the password of smtp-user, a systemd credential for example. Read again for "
     "each connection."},
    {"smtp-ca-file", SettingType::path, "", "", 0, 0, "0.1",
     "Certificate authorities (PEM) trusted for the mail server besides the system's."},
    {"smtp-timeout", SettingType::integer, "s", "20", 1, 300, "0.1",
     "Longest the conversation about one mail may take."},
    {"smtp-connections", SettingType::integer, "", "4", 1, 64, "0.1",
     "Connections to the mail server at once."},
    {"shared-keyring", SettingType::text, "", "", 0, 0, "0.1",
     "Label of a shared keyring new realms are enrolled in. Empty gives each realm a keyring of its own."},
    {"log-level", SettingType::text, "", "info", 0, 0, "0.1", "debug, info, warning or error."},
});

}  // namespace

std::span<const Setting> serve_settings() { return table; }

Result<ListenAddress, SettingsError> parse_listen_address(const std::string& text)
{
    const auto colon = text.rfind(':');
    ListenAddress address{};
    if (colon != std::string::npos) {
        address.host = text.substr(0, colon);
        if (address.host.starts_with('[') && address.host.ends_with(']')) {
            address.host = address.host.substr(1, address.host.size() - 2);
        }
        const char* begin = text.data() + colon + 1;
        const char* end = text.data() + text.size();
        const auto [last, code] = std::from_chars(begin, end, address.port);
        boost::system::error_code parse_error;
        boost::asio::ip::make_address(address.host, parse_error);
        if (code == std::errc{} && last == end && !parse_error) {
            return address;
        }
    }
    return SettingsError{
        fmt::format("'{}' is not an address and port like 127.0.0.1:8443 or [::1]:8443", text)};
}

bool is_loopback(const ListenAddress& address)
{
    return boost::asio::ip::make_address(address.host).is_loopback();
}

Result<void, SettingsError> check_serve_settings(const Settings& settings)
{
    const std::string& base = settings.text("issuer-base");
    const bool https = base.starts_with("https://") && base.size() > 8;
    const bool http = base.starts_with("http://") && base.size() > 7 && settings.flag("plain-http");
    // Whatever is an issuer is a resource URI too: the default audience begins with it.
    if ((!https && !http) || base.find_first_of("/?#", https ? 8 : 7) != std::string::npos
        || !normalize_resource_uri(base)) {
        return SettingsError{
            fmt::format("issuer-base must be an https origin without a path, not '{}'", base)};
    }
    for (const std::string& text : settings.list("listen")) {
        TRY(auto address, parse_listen_address(text));
        if (settings.flag("plain-http") && !is_loopback(address)) {
            return SettingsError{fmt::format("plain-http is for loopback only, and listen has {}", text)};
        }
    }
    if (!settings.text("admin-listen").empty()) {
        TRY(parse_listen_address(settings.text("admin-listen")));
    }
    for (const std::string& text : settings.list("console-uids")) {
        std::uint32_t uid = 0;
        const auto [last, code] = std::from_chars(text.data(), text.data() + text.size(), uid);
        if (code != std::errc{} || last != text.data() + text.size()) {
            return SettingsError{fmt::format("console-uids: '{}' is not a user id", text)};
        }
    }
    if (const auto& header = settings.text("forwarded-header");
        header != "x-forwarded-for" && header != "forwarded") {
        return SettingsError{"forwarded-header is x-forwarded-for or forwarded"};
    }
    const bool certificate = !settings.text("tls-certificate").empty();
    const bool key = !settings.text("tls-key").empty();
    if (!settings.flag("plain-http") && !(certificate && key)) {
        return SettingsError{"tls-certificate and tls-key are both needed, unless plain-http is set"};
    }
    return ok();
}

}  // namespace tessera
