#include "tests/keyd/soft_token.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera::keyd::testing {

TemporaryDirectory::TemporaryDirectory()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "tessera-keyd-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("mkdtemp failed");
    }
    path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string run_program(const std::vector<std::string>& command)
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("pipe2 failed");
    }
    std::vector<char*> arguments;
    for (const std::string& word : command) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execvp(arguments[0], arguments.data());
        _exit(127);
    }
    close(ends[1]);
    std::string output;
    std::array<char, 4096> buffer{};
    for (ssize_t count = 0; (count = read(ends[0], buffer.data(), buffer.size())) > 0;) {
        output.append(buffer.data(), static_cast<std::size_t>(count));
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw std::runtime_error(command.front() + " failed: " + output);
    }
    return output;
}

SoftToken::SoftToken(std::string label, std::string pin) : label_(std::move(label)), pin_(std::move(pin))
{
    std::filesystem::create_directory(token_directory());
    std::ofstream{config()} << "directories.tokendir = " << token_directory().string()
                            << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    std::ofstream{pin_file()} << pin_ << "\n";
    // SoftHSM finds its configuration by this variable only; the module options set it too.
    setenv("SOFTHSM2_CONF", config().c_str(), 1);
    add_token(label_, pin_);
}

void SoftToken::add_token(const std::string& label, const std::string& pin)
{
    run_program(
        {"softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "87654321"});
}

pkcs11::ModuleOptions SoftToken::module_options() const
{
    pkcs11::ModuleOptions options;
    options.path = softhsm_path;
    options.environment = {{"SOFTHSM2_CONF", config().string()}};
    options.retry_first = Milliseconds{10};
    options.retry_max = Milliseconds{100};
    options.retry_shared_max = Milliseconds{200};
    options.probe_every = Milliseconds{60'000};
    return options;
}

pkcs11::TokenOptions SoftToken::token_options() const
{
    pkcs11::TokenOptions options;
    options.label = label_;
    options.pin = pkcs11::pin_from_file(pin_file().string());
    return options;
}

Tick soon() { return std::chrono::steady_clock::now() + Seconds{20}; }

}  // namespace tessera::keyd::testing
