// What a command is called with, and how it fails.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tessera::commands {

// Documented in docs/reference/cli.md; scripts depend on them.
enum class Exit { done = 0, refused = 1, usage = 2, unavailable = 3 };

struct CommandError {
    Exit exit;
    std::string text;  // for a person; says what to do
};

using CommandResult = Result<void, CommandError>;

struct Option {
    std::string_view name;         // "slug"
    std::string_view placeholder;  // "SLUG"; empty = a flag
    std::string_view help;
};

class Invocation {
public:
    // Splits words into positional arguments and options of the table. `--name value`, `--name=value`; an option may be
    // repeated. --json and --help are options of every command.
    static Result<Invocation, CommandError> parse(std::span<const std::string> words,
                                                  std::span<const Option> options);

    bool has(std::string_view name) const { return options_.contains(name); }
    std::optional<std::string> find(std::string_view name) const;  // the last one given
    std::vector<std::string> find_all(std::string_view name) const;
    Result<std::string, CommandError> load(std::string_view name) const;  // usage error when absent
    Result<std::string, CommandError> argument(std::size_t index, std::string_view what) const;
    std::size_t arguments() const { return arguments_.size(); }
    bool json() const { return has("json"); }

private:
    std::vector<std::string> arguments_;
    std::multimap<std::string, std::string, std::less<>> options_;
};

// Paths from the environment, taken once by main: nothing else reads it.
struct Environment {
    std::string console_socket = "/run/tessera/console.sock";
    std::string keyd_admin_socket = "/run/tessera-keyd/admin.sock";
};

// Everything a file or standard input ("-") holds, at most 1 MiB.
Result<std::string, CommandError> read_input(const std::string& path);
// One line from standard input without its newline; a terminal does not show it.
Result<std::string, CommandError> read_secret_line(std::string_view prompt);

}  // namespace tessera::commands
