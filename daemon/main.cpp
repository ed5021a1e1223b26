// tessera: one program, many commands. `serve` is the front; everything else is a client of it, of keyd or of the database.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "daemon/commands/command.hpp"
#include "daemon/commands/serve.hpp"

namespace {

tessera::commands::Environment read_environment()
{
    tessera::commands::Environment environment;
    if (const char* path = std::getenv("TESSERA_CONSOLE_SOCKET")) {
        environment.console_socket = path;
    }
    if (const char* path = std::getenv("TESSERA_KEYD_ADMIN_SOCKET")) {
        environment.keyd_admin_socket = path;
    }
    return environment;
}

}  // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (!words.empty() && words[0] == "serve") {
            return tessera::serve(std::span{words}.subspan(1));
        }
        return tessera::commands::run(words, read_environment());
    } catch (const std::exception& error) {
        std::cerr << "tessera: " << error.what() << '\n';
        return 1;
    }
}
