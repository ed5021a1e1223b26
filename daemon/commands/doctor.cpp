#include "daemon/commands/doctor.hpp"

#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include "base/clock.hpp"
#include "base/openssl.hpp"
#include "daemon/commands/mail_room.hpp"
#include "daemon/keys/keys.hpp"
#include "daemon/settings/serve_settings.hpp"
#include "storage/migrate.hpp"

namespace tessera::commands {

namespace {

constexpr std::uintmax_t disk_bytes_min = 512ULL * 1024 * 1024;
constexpr int certificate_days_min = 21;

class Report {
public:
    void add(std::string_view check, bool passed, std::string found, std::string_view advice)
    {
        all_passed_ = all_passed_ && passed;
        rows_.push_back(
            json::object{{"check", json::string{check.data(), check.size()}},
                         {"result", passed ? "ok" : "WRONG"},
                         {"found", std::move(found)},
                         {"advice", passed ? json::string{} : json::string{advice.data(), advice.size()}}});
    }
    bool all_passed() const { return all_passed_; }
    const json::array& rows() const { return rows_; }

private:
    bool all_passed_ = true;
    json::array rows_;
};

void check_certificate(Report& report, const std::string& path)
{
    const BioPtr file{BIO_new_file(path.c_str(), "r")};
    const X509Ptr certificate{file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr};
    if (!certificate) {
        drain_errors();
        report.add("TLS certificate", false, path + ": not readable as PEM",
                   "set tls-certificate to a PEM file this user can read");
        return;
    }
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()));
    report.add("TLS certificate", days >= certificate_days_min, fmt::format("{} more days", days),
               "renew it, replace the file and send tessera serve a SIGHUP");
}

void check_database(Report& report, const std::string& url)
{
    for (const char* role : {"tessera_app", "tessera_system", "tessera_audit"}) {
        const auto current = storage::is_current(url, role);
        const std::string name = fmt::format("database as {}", role);
        if (current.has_error()) {
            report.add(
                name, false, current.error().detail,
                "is PostgreSQL running, and may this user connect as the role (pg_hba.conf, pg_ident.conf)?");
        } else {
            report.add(name, current.value(), current.value() ? "reachable, schema current" : "schema behind",
                       "run tessera migrate --database-url=… as tessera_owner");
        }
    }
}

void check_disk(Report& report, const std::string& path)
{
    std::error_code error;
    const auto space = std::filesystem::space(path, error);
    report.add("disk space", !error && space.available >= disk_bytes_min,
               error ? error.message() : fmt::format("{} MiB free at {}", space.available >> 20, path),
               "free some: without space no event is durable, and without an event no token leaves");
}

void check_mail(Report& report, const Settings& settings)
{
    const auto options = delivery_of(settings);
    if (options.has_error()) {
        report.add("mail settings", false, options.error().text, "mend the smtp-… lines");
        return;
    }
    if (!options.value().smtp) {
        return;
    }
    const outbound::SmtpServer& server = options.value().smtp->server;
    const auto probed = outbound::SmtpSession{*options.value().smtp}.probe();
    report.add("mail server", probed.has_value(),
               probed.has_value() ? fmt::format("{}:{} answers", server.host, server.port)
                                  : probed.error().detail,
               "does smtp-url name a server that offers TLS, is its authority in smtp-ca-file, is the "
               "password right?");
}

void check_socket_mode(Report& report, const std::string& name, const std::string& path)
{
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) {
        report.add(name, false, path + ": not there", "is the service running, and does it listen here?");
        return;
    }
    struct stat folder{};
    stat(std::filesystem::path{path}.parent_path().c_str(), &folder);
    // Who may connect is decided by uid (SO_PEERCRED); that others cannot even try is a second wall.
    const bool closed = (status.st_mode & S_IWOTH) == 0 || (folder.st_mode & S_IXOTH) == 0;
    report.add(
        name, S_ISSOCK(status.st_mode) && closed,
        fmt::format("mode {:o} in a folder of mode {:o}", status.st_mode & 07777U, folder.st_mode & 07777U),
        "take the folder's permissions from others: chmod o-x");
}

void check_settings(Report& report, const std::string& path)
{
    Settings settings{serve_settings()};
    auto read = settings.read_file(path);
    if (read.has_value()) {
        read = check_serve_settings(settings);
    }
    report.add("settings", read.has_value(), read.has_value() ? path : read.error().text,
               "mend the line; tessera serve --help lists them");
    if (read.has_error()) {
        return;
    }
    check_database(report, settings.text("database-url"));
    if (!settings.flag("plain-http")) {
        check_certificate(report, settings.text("tls-certificate"));
    }
    check_disk(report, std::filesystem::path{path}.parent_path());
    check_mail(report, settings);
}

void check_keyd(Report& report, const Invocation& invocation, const Environment& environment)
{
    keyd::v1::Request ask;
    ask.mutable_get_health();
    const auto answer = call_keyd(invocation, environment, std::move(ask));
    if (answer.has_error()) {
        report.add("keyd", false, answer.error().text, "start tessera-keyd; its log says why it ended");
        return;
    }
    const auto& health = answer.value().health();
    const auto state = health.state();
    report.add("keyd", state == keyd::v1::OPERATIONAL, std::string{keys::service_state_name(state)},
               state == keyd::v1::SERVICE_SEALED ? "tessera keys unlock"
                                                 : "tessera keys tokens says what each token answers");
    for (const auto& alarm : health.alarms()) {
        report.add("keyd alarm", false, alarm, "see docs/guides/operating-keys.md");
    }
    if (state != keyd::v1::OPERATIONAL && state != keyd::v1::DEGRADED) {
        return;
    }
    keyd::v1::Request test;
    test.mutable_self_test();
    const auto tested = call_keyd(invocation, environment, std::move(test));
    if (tested.has_error()) {
        report.add("keyd self-test", false, tested.error().text, "tessera keys tokens");
        return;
    }
    for (const auto& check : tested.value().self_test_report().checks()) {
        report.add("keyd: " + check.name(), check.passed(), check.detail(),
                   "tessera keys tokens; tessera keys journal");
    }
}

}  // namespace

CommandResult doctor(const Invocation& invocation, const Environment& environment)
{
    Report report;
    if (const auto config = invocation.find("config")) {
        check_settings(report, *config);
    }
    const ConsoleClient console{invocation, environment};
    const auto projects = console.get("/v1/projects?pageSize=1");
    report.add("console API", projects.has_value(), projects.has_value() ? "answers" : projects.error().text,
               "start tessera serve; run this as a user on its console-uids list");
    check_socket_mode(report, "console socket",
                      invocation.find("socket").value_or(environment.console_socket));
    check_socket_mode(report, "keyd admin socket",
                      invocation.find("keyd-socket").value_or(environment.keyd_admin_socket));
    check_keyd(report, invocation, environment);
    if (invocation.json()) {
        print_json(json::object{{"healthy", report.all_passed()}, {"checks", report.rows()}});
    } else {
        print_table({{"CHECK", "check"}, {"RESULT", "result"}, {"FOUND", "found"}, {"WHAT TO DO", "advice"}},
                    report.rows());
    }
    return report.all_passed() ? CommandResult{ok()}
                               : CommandError{Exit::refused, "something is wrong; see the lines above"};
}

}  // namespace tessera::commands
