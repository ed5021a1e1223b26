// The command table: what `tessera` can do, in one place. Help, completion and docs/reference/cli.md come from it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/commands/invocation.hpp"

namespace tessera::commands {

struct Command {
    std::string_view noun;       // "project"
    std::string_view verb;       // "create"; empty for commands of one word
    std::string_view arguments;  // "PROJECT"
    std::string_view summary;
    std::span<const Option> options;
    CommandResult (*run)(const Invocation& invocation, const Environment& environment);
};

std::span<const Command> commands();

// The commands of each noun; one file each.
std::span<const Command> project_commands();
std::span<const Command> client_commands();
std::span<const Command> client_access_commands();
std::span<const Command> organization_commands();
std::span<const Command> user_commands();
std::span<const Command> invite_commands();
std::span<const Command> resource_commands();
std::span<const Command> audit_commands();
std::span<const Command> keys_commands();
std::span<const Command> keys_manage_commands();
std::span<const Command>
machine_commands();  // migrate, setup, doctor, measure-passwords, version, completion, reference

std::string help_text();
std::string help_text(const Command& command);
std::string cli_markdown();
std::string completion_script(std::string_view shell);  // bash, zsh, fish; empty for another

// Runs the command named by the first words. Returns the exit code.
int run(std::span<const std::string> words, const Environment& environment);

}  // namespace tessera::commands
