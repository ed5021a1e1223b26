// Which addresses the appliance may connect to. Pure.
//
// What is not public (RFC 6890 and what joined its registries since) is refused, in every spelling: the decision is made on
// the address a socket is about to be connected to, never on a name. An operator's allow-list opens single targets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace tessera::outbound {

using Address = boost::asio::ip::address;

// True for an address of the public internet. IPv6 addresses that carry an IPv4 address (mapped, translated by 64:ff9b::/96,
// 6to4) are what that one is.
bool is_public(const Address& address);

enum class Scheme { https, http };

// Where a request goes: what its URL says.
struct Target {
    Scheme scheme = Scheme::https;
    std::string host;  // in lower case, an IPv6 address without brackets
    std::uint16_t port = 0;
};

// The operator's list, setting outbound-allow. An entry is "host:port", "address:port", "network/bits" or
// "network/bits:port", IPv6 in brackets when a port follows; "http://" before it opens it for plain HTTP, and for that only.
class AllowList {
public:
    // Nothing when an entry does not parse; `bad` names it.
    static std::optional<AllowList> parse(std::span<const std::string> entries, std::string& bad);

    // Whether a request to `target` may be connected to `address`. A name's entry opens whatever addresses that name has,
    // for requests to that name; an address's entry opens that address under any name.
    bool opens(const Target& target, const Address& address) const;
    // Whether any entry lets plain HTTP to this host, or to some address, on this port.
    bool may_use_http(const Target& target) const;

private:
    struct Entry {
        Scheme scheme = Scheme::https;
        std::string host;  // empty for a network
        boost::asio::ip::address_v6::bytes_type network{};
        unsigned prefix_bits = 0;
        std::uint16_t port = 0;  // 0 = any
    };
    static std::optional<Entry> parse_entry(std::string_view text);
    static bool fits(const Entry& entry, const Target& target);

    std::vector<Entry> entries_;
};

// What the socket of a request to `target` may be connected to: the public internet by https, and what the list opens.
bool may_connect(const AllowList& allowed, const Target& target, const Address& address);

}  // namespace tessera::outbound
