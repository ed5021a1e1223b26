// tessera migrate|setup|version|completion|reference (doctor and measure-passwords have files of their own)
#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "daemon/audit/catalogue.hpp"
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/doctor.hpp"
#include "daemon/commands/measure_passwords.hpp"
#include "storage/migrate.hpp"

namespace tessera::commands {

namespace {

CommandError to_command_error(const storage::StoreError& error)
{
    const bool later =
        error.fault == storage::StoreFault::unavailable || error.fault == storage::StoreFault::timeout;
    return {later ? Exit::unavailable : Exit::refused, "database: " + error.detail};
}

Result<json::array, CommandError> apply_migrations(const std::string& url)
{
    auto applied = storage::migrate(url);
    if (applied.has_error()) {
        return to_command_error(applied.error());
    }
    json::array rows;
    for (const auto& migration : applied.value()) {
        rows.push_back(json::object{
            {"number", migration.number}, {"name", migration.name}, {"applied_now", migration.now}});
    }
    return rows;
}

CommandResult migrate(const Invocation& invocation, const Environment&)
{
    TRY(auto url, invocation.load("database-url"));
    TRY(auto&& rows, apply_migrations(url));
    if (invocation.json()) {
        print_json(json::object{{"migrations", rows}});
    } else {
        print_table({{"#", "number"}, {"NAME", "name"}, {"APPLIED NOW", "applied_now"}}, rows);
    }
    return ok();
}

// Unattended: brings the schema up to date, checks that front and keyd answer, and makes the first project when it is named.
CommandResult setup(const Invocation& invocation, const Environment& environment)
{
    json::object report;
    if (const auto url = invocation.find("database-url")) {
        TRY(auto&& rows, apply_migrations(*url));
        report["migrations"] = rows;
    }
    const ConsoleClient console{invocation, environment};
    TRY(auto&& projects, console.get_all("/v1/projects", Query{}, "projects"));
    if (const auto slug = invocation.find("project")) {
        const bool there = std::ranges::any_of(
            projects, [&](const json::value& project) { return text_of(project, "slug") == *slug; });
        if (!there) {
            json::object project{{"slug", *slug},
                                 {"displayName", invocation.find("display-name").value_or(*slug)}};
            TRY(auto&& made,
                console.call("POST", "/v1/projects", json::object{{"project", std::move(project)}}));
            projects.push_back(std::move(made));
        }
    }
    report["projects"] = projects.size();
    return show_answer(invocation, report);
}

CommandResult version(const Invocation& invocation, const Environment&)
{
    if (invocation.json()) {
        print_json(json::object{{"version", TESSERA_VERSION}});
    } else {
        std::cout << "tessera " TESSERA_VERSION "\n";
    }
    return ok();
}

CommandResult completion(const Invocation& invocation, const Environment&)
{
    TRY(auto shell, invocation.argument(0, "bash, zsh or fish"));
    const std::string script = completion_script(shell);
    if (script.empty()) {
        return CommandError{Exit::usage, "completion is made for bash, zsh and fish"};
    }
    std::cout << script;
    return ok();
}

void print_audit_events()
{
    std::cout << "# Audit events\n\nWritten by `tessera reference audit-events` from the catalogue "
                 "(`daemon/audit/catalogue.cpp`). A field that is not listed is never stored.\n\n"
                 "| type | meaning | fields of the body |\n|---|---|---|\n";
    for (const audit::EventSpec& spec : audit::catalogue()) {
        std::string fields;
        for (const std::string_view field : spec.fields) {
            if (!field.empty()) {
                fields += fmt::format("{}`{}`", fields.empty() ? "" : ", ", field);
            }
        }
        std::cout << fmt::format("| `{}` | {} | {} |\n", spec.name, spec.meaning, fields);
    }
}

CommandResult reference(const Invocation& invocation, const Environment&)
{
    TRY(auto topic, invocation.argument(0, "cli or audit-events"));
    if (topic == "cli") {
        std::cout << cli_markdown();
    } else if (topic == "audit-events") {
        print_audit_events();
    } else {
        return CommandError{Exit::usage, "there is a reference of cli and of audit-events"};
    }
    return ok();
}

constexpr Option migrate_options[] = {{"database-url", "URL", "libpq connection string of tessera_owner"}};
constexpr Option setup_options[] = {{"database-url", "URL", "migrate first, as tessera_owner"},
                                    {"project", "SLUG", "make this project when it is not there"},
                                    {"display-name", "NAME", "of the project"},
                                    socket_option};

constexpr Command table[] = {
    {"migrate", "", "", "Bring the database up to date.", migrate_options, migrate},
    {"setup", "", "",
     "Migrate, check that everything answers, make the first project; unattended and repeatable.",
     setup_options, setup},
    {"doctor", "", "", "Check everything and say what to do.", doctor_options, doctor},
    {"measure-passwords", "", "",
     "How costly password hashes can be on this machine, as lines for the settings file.",
     measure_passwords_options, measure_passwords},
    {"version", "", "", "The version of this binary.", {}, version},
    {"completion", "", "SHELL", "A completion script for bash, zsh or fish.", {}, completion},
    {"reference", "", "TOPIC", "A reference as Markdown, of cli or audit-events.", {}, reference},
};

}  // namespace

std::span<const Command> machine_commands() { return table; }

}  // namespace tessera::commands
