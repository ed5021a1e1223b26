#include "keyd/server/service_manager.hpp"

#include <algorithm>
#include <charconv>

#include "base/sd_notify.hpp"

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

void ServiceManager::tell(std::string_view message) const { sd_notify(socket_, message); }

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
