// Shell completion from the command table.
#include <set>

#include <fmt/format.h>

#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

std::set<std::string> nouns()
{
    std::set<std::string> all = {"serve"};
    for (const Command& command : commands()) {
        all.emplace(command.noun);
    }
    return all;
}

std::string joined(const std::set<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::set<std::string> verbs(std::string_view noun)
{
    std::set<std::string> all;
    for (const Command& command : commands()) {
        if (command.noun == noun && !command.verb.empty()) {
            all.emplace(command.verb);
        }
    }
    return all;
}

std::set<std::string> options(std::string_view noun)
{
    std::set<std::string> all = {"--json", "--help"};
    for (const Command& command : commands()) {
        if (command.noun == noun) {
            for (const Option& option : command.options) {
                all.insert("--" + std::string{option.name});
            }
        }
    }
    return all;
}

std::string bash_script()
{
    std::string script =
        "_tessera() {\n  local current=${COMP_WORDS[COMP_CWORD]}\n  if [[ $COMP_CWORD -eq 1 ]]; then\n"
        "    COMPREPLY=($(compgen -W \""
        + joined(nouns()) + "\" -- \"$current\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n";
    for (const std::string& noun : nouns()) {
        script += fmt::format("    {}) [[ $COMP_CWORD -eq 2 && $current != -* ]] && COMPREPLY=($(compgen -W "
                              "\"{}\" -- \"$current\")) || "
                              "COMPREPLY=($(compgen -W \"{}\" -- \"$current\")) ;;\n",
                              noun, joined(verbs(noun)), joined(options(noun)));
    }
    return script + "  esac\n}\ncomplete -o default -F _tessera tessera\n";
}

std::string zsh_script()
{
    return "#compdef tessera\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script();
}

std::string fish_script()
{
    std::string script =
        fmt::format("complete -c tessera -f -n '__fish_use_subcommand' -a '{}'\n", joined(nouns()));
    for (const std::string& noun : nouns()) {
        script += fmt::format("complete -c tessera -f -n '__fish_seen_subcommand_from {}' -a '{}'\n", noun,
                              joined(verbs(noun)));
        for (const std::string& option : options(noun)) {
            script += fmt::format("complete -c tessera -n '__fish_seen_subcommand_from {}' -l '{}'\n", noun,
                                  option.substr(2));
        }
    }
    return script;
}

}  // namespace

std::string completion_script(std::string_view shell)
{
    if (shell == "bash") {
        return bash_script();
    }
    if (shell == "zsh") {
        return zsh_script();
    }
    return shell == "fish" ? fish_script() : std::string{};
}

}  // namespace tessera::commands
