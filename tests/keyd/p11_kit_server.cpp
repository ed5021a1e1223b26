#include "tests/keyd/p11_kit_server.hpp"

#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera::keyd::testing {

P11KitServer::P11KitServer(const SoftToken& soft)
    : socket_(soft.directory() / "p11.sock"),
      token_uri_("pkcs11:token=" + soft.label())
{
    start();
}

P11KitServer::~P11KitServer() { stop(); }

void P11KitServer::start()
{
    server_ = fork();
    if (server_ == 0) {
        setpgid(0, 0);  // the children of its connections are killed with it
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);  // it prints its address for shells
        execlp("p11-kit", "p11-kit", "server", "--foreground", "--provider", softhsm_path, "-n",
               socket_.c_str(), token_uri_.c_str(), nullptr);
        _exit(127);
    }
    setpgid(server_, server_);
    if (!eventually([&] { return std::filesystem::exists(socket_); })) {
        throw std::runtime_error("p11-kit server did not start");
    }
}

void P11KitServer::stop()
{
    if (server_ > 0) {
        kill(-server_, SIGKILL);
        waitpid(server_, nullptr, 0);
        server_ = -1;
        std::filesystem::remove(socket_);
    }
}

std::string P11KitServer::address() const { return "unix:path=" + socket_.string(); }

}  // namespace tessera::keyd::testing
