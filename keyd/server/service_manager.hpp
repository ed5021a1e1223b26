// What systemd wants to hear: that keyd is ready, and that its loop still turns.
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.hpp"

namespace tessera::keyd::server {

// Does nothing when there is no service manager. The loop's thread only.
class ServiceManager {
public:
    // `watchdog_us` is $WATCHDOG_USEC's text.
    ServiceManager(boost::asio::io_context& loop, std::string socket, std::string_view watchdog_us);

    // "READY=1", "STOPPING=1", "STATUS=…".
    void tell(std::string_view message) const;
    // Tells READY=1 and from then on WATCHDOG=1, twice per period, for as long as the loop turns.
    void ready();

private:
    void feed_watchdog();

    std::string socket_;
    Microseconds watchdog_period_{0};
    boost::asio::steady_timer timer_;
};

}  // namespace tessera::keyd::server
