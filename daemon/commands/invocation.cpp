#include "daemon/commands/invocation.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

namespace tessera::commands {

namespace {

constexpr std::size_t input_bytes_max = 1024 * 1024;

CommandError usage(std::string text) { return {Exit::usage, std::move(text)}; }

}  // namespace

Result<Invocation, CommandError> Invocation::parse(std::span<const std::string> words,
                                                   std::span<const Option> options)
{
    Invocation invocation;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!word.starts_with("--") || word == "--") {
            invocation.arguments_.push_back(word);
            continue;
        }
        const auto equals = word.find('=');
        const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
        const auto option = std::ranges::find(options, name, &Option::name);
        const bool flag =
            name == "json" || name == "help" || (option != options.end() && option->placeholder.empty());
        if (!flag && option == options.end()) {
            return usage(fmt::format("unknown option --{}", name));
        }
        if (flag && equals != std::string::npos) {
            return usage(fmt::format("--{} takes no value", name));
        }
        if (!flag && equals == std::string::npos && i + 1 == words.size()) {
            return usage(fmt::format("--{} needs {}", name, option->placeholder));
        }
        const std::string value = flag                          ? ""
                                  : equals != std::string::npos ? word.substr(equals + 1)
                                                                : words[++i];
        invocation.options_.emplace(name, value);
    }
    return invocation;
}

std::optional<std::string> Invocation::find(std::string_view name) const
{
    const auto [first, last] = options_.equal_range(name);
    return first == last ? std::nullopt : std::optional{std::prev(last)->second};
}

std::vector<std::string> Invocation::find_all(std::string_view name) const
{
    std::vector<std::string> values;
    const auto [first, last] = options_.equal_range(name);
    for (auto each = first; each != last; ++each) {
        values.push_back(each->second);
    }
    return values;
}

Result<std::string, CommandError> Invocation::load(std::string_view name) const
{
    if (auto value = find(name)) {
        return std::move(*value);
    }
    return usage(fmt::format("--{} is needed", name));
}

Result<std::string, CommandError> Invocation::argument(std::size_t index, std::string_view what) const
{
    if (index < arguments_.size()) {
        return arguments_[index];
    }
    return usage(fmt::format("{} is needed", what));
}

Result<std::string, CommandError> read_input(const std::string& path)
{
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
        if (!file) {
            return CommandError{Exit::refused, path + ": cannot be read"};
        }
    }
    std::istream& in = path == "-" ? std::cin : file;
    std::string content;
    for (char c = 0; content.size() <= input_bytes_max && in.get(c);) {
        content.push_back(c);
    }
    if (content.size() > input_bytes_max) {
        return CommandError{Exit::refused, fmt::format("{}: longer than {} bytes", path, input_bytes_max)};
    }
    return content;
}

Result<std::string, CommandError> read_secret_line(std::string_view prompt)
{
    termios shown{};
    const bool terminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        std::cerr << prompt << ": " << std::flush;
        termios hidden = shown;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    std::string line;
    std::getline(std::cin, line);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        std::cerr << '\n';
    }
    if (line.empty()) {
        return usage("expected a line on standard input");
    }
    return line;
}

}  // namespace tessera::commands
