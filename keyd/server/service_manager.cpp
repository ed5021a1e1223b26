#include "keyd/server/service_manager.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace tessera::keyd::server {

ServiceManager::ServiceManager(boost::asio::io_context& loop, std::string socket,
                               std::string_view watchdog_us)
    : socket_(std::move(socket)),
      timer_(loop)
{
    std::int64_t period = 0;
    std::from_chars(watchdog_us.data(), watchdog_us.data() + watchdog_us.size(), period);
    watchdog_period_ = Microseconds{std::max<std::int64_t>(period, 0)};
}

void ServiceManager::tell(std::string_view message) const
{
    sockaddr_un address{};
    if (socket_.empty() || socket_.size() >= sizeof(address.sun_path)) {
        return;
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') {
        address.sun_path[0] = '\0';  // the abstract namespace
    }
    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return;
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    // A manager that does not listen is no reason to fail.
    static_cast<void>(sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size));
    close(descriptor);
}

void ServiceManager::ready()
{
    tell("READY=1");
    if (watchdog_period_.count() > 0 && !socket_.empty()) {
        feed_watchdog();
    }
}

void ServiceManager::feed_watchdog()
{
    tell("WATCHDOG=1");
    timer_.expires_after(watchdog_period_ / 2);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            feed_watchdog();
        }
    });
}

}  // namespace tessera::keyd::server
