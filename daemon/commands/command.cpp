#include "daemon/commands/command.hpp"

#include <algorithm>
#include <iostream>
#include <vector>

#include <fmt/format.h>

namespace tessera::commands {

namespace {

std::string title(const Command& command)
{
    std::string text{command.noun};
    for (const std::string_view part : {command.verb, command.arguments}) {
        text += part.empty() ? "" : " ";
        text += part;
    }
    return text;
}

const Command* find_command(std::string_view noun, std::string_view verb)
{
    const auto found = std::ranges::find_if(commands(), [&](const Command& command) {
        return command.noun == noun && (command.verb.empty() || command.verb == verb);
    });
    return found == commands().end() ? nullptr : &*found;
}

std::string verbs_of(std::string_view noun)
{
    std::string verbs;
    for (const Command& command : commands()) {
        if (command.noun == noun) {
            verbs += (verbs.empty() ? "" : ", ") + std::string{command.verb};
        }
    }
    return verbs;
}

std::string help_of_noun(std::string_view noun)
{
    std::string text = fmt::format("usage: tessera {} <verb> [--options]\n\n", noun);
    for (const Command& command : commands()) {
        if (command.noun == noun) {
            text += fmt::format("  {:40}  {}\n", title(command), command.summary);
        }
    }
    return text + fmt::format("\ntessera {} <verb> --help explains one.\n", noun);
}

int fail(const CommandError& error)
{
    std::cerr << "tessera: " << error.text << '\n';
    return static_cast<int>(error.exit);
}

}  // namespace

std::span<const Command> commands()
{
    static const std::vector<Command> all = [] {
        std::vector<Command> joined;
        for (const auto part :
             {project_commands(), organization_commands(), user_commands(), invite_commands(),
              client_commands(), client_access_commands(), resource_commands(), keys_commands(),
              keys_manage_commands(), audit_commands(), machine_commands()}) {
            joined.insert(joined.end(), part.begin(), part.end());
        }
        return joined;
    }();
    return all;
}

std::string help_text()
{
    std::string text = "usage: tessera <command> [arguments] [--options]\n\n"
                       "  serve                                     run the front (tessera serve --help)\n";
    for (const Command& command : commands()) {
        text += fmt::format("  {:40}  {}\n", title(command), command.summary);
    }
    text += "\nEvery command takes --json (one JSON document on standard output) and --help.\n"
            "The console socket is --socket PATH or $TESSERA_CONSOLE_SOCKET; keyd's admin socket is "
            "--keyd-socket PATH or\n"
            "$TESSERA_KEYD_ADMIN_SOCKET. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not "
            "reachable or not ready.\n";
    return text;
}

std::string help_text(const Command& command)
{
    std::string text =
        fmt::format("usage: tessera {} [--options]\n\n{}\n\n", title(command), command.summary);
    for (const Option& option : command.options) {
        const std::string name = fmt::format("--{} {}", option.name, option.placeholder);
        text += fmt::format("  {:28} {}\n", name, option.help);
    }
    return text + "  --json                       print one JSON document\n";
}

std::string cli_markdown()
{
    std::string page = R"(# The command line

Made from the command table (`tests/tidy/generate_built.py`).

`tessera <command> [arguments] [--options]`; options are `--name value` or `--name=value`. Every command takes `--json` and `--help`.
`tessera serve [--config FILE] [--name=value …]` runs the front; its settings are in [settings.md](settings.md).

The console API's socket is `--socket PATH`, `$TESSERA_CONSOLE_SOCKET`, or `/run/tessera/console.sock`. keyd's admin socket is
`--keyd-socket PATH`, `$TESSERA_KEYD_ADMIN_SOCKET`, or `/run/tessera-keyd/admin.sock`.

Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 3 the service cannot be reached or is not ready, try again.
)";
    for (const Command& command : commands()) {
        page += fmt::format("\n## tessera {}\n\n{}\n", title(command), command.summary);
        for (const Option& option : command.options) {
            page +=
                fmt::format("{}- `--{}{}{}` {}\n", &option == command.options.data() ? "\n" : "", option.name,
                            option.placeholder.empty() ? "" : " ", option.placeholder, option.help);
        }
    }
    return page;
}

int run(std::span<const std::string> words, const Environment& environment)
{
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        (words.empty() ? std::cerr : std::cout) << help_text();
        return static_cast<int>(words.empty() ? Exit::usage : Exit::done);
    }
    const std::string noun = words[0] == "--version" ? "version" : words[0];
    const std::string verb = words.size() > 1 ? words[1] : "";
    const Command* command = find_command(noun, verb);
    if (command == nullptr) {
        const std::string verbs = verbs_of(noun);
        if (!verbs.empty() && (verb == "--help" || verb == "-h")) {
            std::cout << help_of_noun(noun);
            return static_cast<int>(Exit::done);
        }
        return fail({Exit::usage, verbs.empty()
                                      ? fmt::format("unknown command '{}'; tessera --help lists them", noun)
                                      : fmt::format("'{}' needs one of: {}", noun, verbs)});
    }
    const auto parsed = Invocation::parse(words.subspan(command->verb.empty() ? 1 : 2), command->options);
    if (parsed.has_error()) {
        return fail({parsed.error().exit, parsed.error().text + "\n\n" + help_text(*command)});
    }
    if (parsed.value().has("help")) {
        std::cout << help_text(*command);
        return 0;
    }
    const auto done = command->run(parsed.value(), environment);
    std::cout.flush();
    return done.has_error() ? fail(done.error()) : 0;
}

}  // namespace tessera::commands
