#include "daemon/http/network.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

namespace tessera::http {

std::string network_of(const std::string& address)
{
    namespace ip = boost::asio::ip;
    boost::system::error_code ec;
    const auto parsed = ip::make_address(address, ec);
    if (ec || parsed.is_v4()) {
        return address;
    }
    if (parsed.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, parsed.to_v6()).to_string();
    }
    auto bytes = parsed.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return ip::make_address_v6(bytes).to_string() + "/64";
}

}  // namespace tessera::http
