// Which sockets `tessera serve` listens on: inherited by name, else bound by settings.
#pragma once

#include <vector>

#include "base/settings.hpp"
#include "daemon/http/sockets.hpp"

namespace tessera {

// Kept as they are for a successor; the loops listen on duplicates.
struct ListeningSockets {
    std::vector<http::NamedSocket> all;
    // Another process may have them too: the one they were inherited from, or a successor.
    bool are_shared = false;

    // One of `name` for loop number `loop`: its own where there are enough, else shared.
    std::vector<http::SocketFd> of(std::string_view name, std::size_t loop, std::size_t loops) const;
    // Turns away nobody whom the kernel has let in or is letting in; takes the time of a handshake.
    void close();
};

Result<ListeningSockets, http::SocketError> open_listening_sockets(const Settings& settings,
                                                                   std::size_t loops);

}  // namespace tessera
