// A network HSM for tests: SoftHSM behind `p11-kit server`, which can be killed and started.
#pragma once

#include <string>

#include <sys/types.h>

#include "tests/keyd/soft_token.hpp"

namespace tessera::keyd::testing {

inline constexpr const char* p11_kit_client_path = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";

class P11KitServer {
public:
    // Starts it for the token's slot.
    explicit P11KitServer(const SoftToken& soft);
    ~P11KitServer();
    P11KitServer(const P11KitServer&) = delete;
    P11KitServer& operator=(const P11KitServer&) = delete;

    // Kills the server and its child of every connection; the socket goes with it.
    void stop();
    void start();
    // For P11_KIT_SERVER_ADDRESS.
    std::string address() const;

private:
    std::filesystem::path socket_;
    std::string token_uri_;
    pid_t server_ = -1;
};

}  // namespace tessera::keyd::testing
