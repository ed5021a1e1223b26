// `tessera`: one program, one subcommand a file in daemon/commands.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/commands/serve.hpp"

int main(int count, char** words)
{
    const std::vector<std::string> arguments(words + 1, words + count);
    if (!arguments.empty() && arguments.front() == "serve") {
        return tessera::serve(std::span{arguments}.subspan(1));
    }
    std::fputs("usage: tessera serve [--config=FILE] [--name=value]…\n", stderr);
    return 2;
}
