#include "daemon/http/handover.hpp"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"

extern char** environ;

namespace tessera::http {

namespace {

constexpr int first_inherited_fd = 3;
// Above any number the sockets end up with, so that moving one never overwrites another.
constexpr int parking_fd = 512;
constexpr const char* predecessor_variable = "TESSERA_REPLACES";

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

// Runs in the child between fork and exec of a threaded process: async-signal-safe calls only.
[[noreturn]] void become(const char* program, char** arguments, char** environment, char* listen_pid,
                         std::span<const int> fds)
{
    // The pid in decimal, over the zeros the parent left room with.
    int pid = getpid();
    for (char* digit = listen_pid + 9; digit >= listen_pid; --digit, pid /= 10) {
        *digit = static_cast<char>('0' + pid % 10);
    }
    for (std::size_t i = 0; i < fds.size(); ++i) {
        dup2(fds[i], parking_fd + static_cast<int>(i));
    }
    for (std::size_t i = 0; i < fds.size(); ++i) {
        dup2(parking_fd + static_cast<int>(i), first_inherited_fd + static_cast<int>(i));
    }
    close_range(static_cast<unsigned>(first_inherited_fd) + static_cast<unsigned>(fds.size()), ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(program, arguments, environment);
    _exit(127);
}

}  // namespace

std::optional<int> start_successor(const std::string& program, std::span<const std::string> arguments,
                                   const std::vector<NamedSocket>& sockets)
{
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        if (!text.starts_with("LISTEN_") && !text.starts_with(predecessor_variable)) {
            environment.emplace_back(text);
        }
    }
    std::string names;
    std::vector<int> fds;
    for (const NamedSocket& socket : sockets) {
        names += (names.empty() ? "" : ":") + socket.name;
        fds.push_back(socket.fd.get());
    }
    environment.push_back(fmt::format("{}={}", predecessor_variable, getpid()));
    environment.push_back(fmt::format("LISTEN_FDS={}", fds.size()));
    environment.push_back("LISTEN_FDNAMES=" + names);
    environment.emplace_back("LISTEN_PID=0000000000");
    char* listen_pid = environment.back().data() + std::strlen("LISTEN_PID=");
    std::vector<std::string> all{program};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto argv = pointers_to(all);
    auto envp = pointers_to(environment);
    const int pid = fork();
    if (pid == 0) {
        become(program.c_str(), const_cast<char**>(argv.data()), envp.data(), listen_pid, fds);
    }
    if (pid < 0) {
        log::error("successor_not_started", {{"detail", std::strerror(errno)}});
        return std::nullopt;
    }
    log::info("successor_started", {{"pid", pid}, {"sockets", fds.size()}});
    return pid;
}

void retire_predecessor()
{
    const char* text = std::getenv(predecessor_variable);
    int pid = 0;
    if (text != nullptr) {
        std::from_chars(text, text + std::strlen(text), pid);
    }
    unsetenv(predecessor_variable);
    // Only the process that made us: a number that outlived its process means nobody.
    if (pid > 1 && pid == getppid()) {
        log::info("predecessor_retires", {{"pid", pid}});
        kill(pid, SIGTERM);
    }
}

}  // namespace tessera::http
