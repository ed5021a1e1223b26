// Who is really asking, when a reverse proxy stands before us. Only configured hops are believed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/result.hpp"
#include "daemon/http/request.hpp"

namespace tessera::http {

// Addresses and CIDR ranges whose word is taken.
class TrustedProxies {
public:
    // Nothing when an item is neither an address nor a range; `bad` names it.
    static std::optional<TrustedProxies> parse(std::span<const std::string> items, std::string& bad);
    bool contains(const boost::asio::ip::address& address) const;
    bool empty() const { return ranges_.empty(); }

private:
    struct Range {
        boost::asio::ip::address_v6::bytes_type network;  // IPv4 as mapped
        unsigned prefix_bits;
    };
    std::vector<Range> ranges_;
};

// PROXY protocol, version 2 (haproxy's proxy-protocol.txt §2.2).
struct ProxyHeader {
    std::size_t bytes = 0;  // its whole length
    bool local = false;     // a health check of the proxy itself: the connection speaks for itself
    std::string address;
    std::uint16_t port = 0;
};
enum class ProxyFault { incomplete, malformed };
inline constexpr std::size_t proxy_header_bytes_max = 16 + 536;
Result<ProxyHeader, ProxyFault> parse_proxy_v2(std::string_view bytes);

// Which header the trusted proxies write. The other one is the client's own and is not read.
enum class ForwardedBy { x_forwarded_for, forwarded };  // forwarded: RFC 7239

// Puts the client's address into request.peer: walks the header from the nearest hop outwards while the hop is trusted. A
// header from a peer that is not trusted, or that does not parse, changes nothing.
void apply_forwarded(Request& request, const TrustedProxies& trusted, ForwardedBy by);

}  // namespace tessera::http
