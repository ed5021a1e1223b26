#include "daemon/outbound/address_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"

namespace tessera::outbound {

namespace ip = boost::asio::ip;

namespace {

using Bytes16 = ip::address_v6::bytes_type;

// IPv4 as mapped, so that one comparison serves both.
Bytes16 as_v6(const Address& address)
{
    return (address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6())
        .to_bytes();
}

bool has_prefix(const Bytes16& address, const Bytes16& network, unsigned bits)
{
    const std::size_t whole = bits / 8;
    if (!std::equal(network.begin(), network.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) {
        return false;
    }
    const unsigned rest = bits % 8;
    return rest == 0 || ((network[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

struct Range4 {
    std::uint32_t network;
    unsigned bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d)
{
    return a << 24U | b << 16U | c << 8U | d;
}

// RFC 6890 §2.2.2 and the IANA IPv4 Special-Purpose Address Registry; multicast (RFC 5771).
constexpr auto special_v4 = std::to_array<Range4>({
    {v4(0, 0, 0, 0), 8},        // this network
    {v4(10, 0, 0, 0), 8},       // private
    {v4(100, 64, 0, 0), 10},    // shared, carrier-grade NAT
    {v4(127, 0, 0, 0), 8},      // loopback
    {v4(169, 254, 0, 0), 16},   // link-local; clouds answer there with credentials
    {v4(172, 16, 0, 0), 12},    // private
    {v4(192, 0, 0, 0), 24},     // protocol assignments
    {v4(192, 0, 2, 0), 24},     // documentation
    {v4(192, 88, 99, 0), 24},   // 6to4 relays, withdrawn
    {v4(192, 168, 0, 0), 16},   // private
    {v4(198, 18, 0, 0), 15},    // benchmarks
    {v4(198, 51, 100, 0), 24},  // documentation
    {v4(203, 0, 113, 0), 24},   // documentation
    {v4(224, 0, 0, 0), 4},      // multicast
    {v4(240, 0, 0, 0), 4},      // reserved, broadcast
});

bool is_public_v4(std::uint32_t address)
{
    return std::ranges::none_of(special_v4, [address](const Range4& range) {
        return (address ^ range.network) >> (32 - range.bits) == 0;
    });
}

std::uint32_t embedded_v4(const Bytes16& bytes, std::size_t at)
{
    return v4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool is_public_v6(const Bytes16& bytes)
{
    constexpr Bytes16 mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    constexpr Bytes16 translated{0x00, 0x64, 0xff, 0x9b};  // RFC 6052
    constexpr Bytes16 six_to_four{0x20, 0x02};             // RFC 3056
    constexpr Bytes16 global{0x20};                        // RFC 4291 §2.4: 2000::/3
    constexpr Bytes16 protocols{0x20, 0x01};               // 2001::/23, Teredo among them
    constexpr Bytes16 documentation{0x20, 0x01, 0x0d, 0xb8};
    constexpr Bytes16 documentation_2{0x3f, 0xff};  // RFC 9637: 3fff::/20
    if (has_prefix(bytes, mapped, 96) || has_prefix(bytes, translated, 96)) {
        return is_public_v4(embedded_v4(bytes, 12));
    }
    if (has_prefix(bytes, six_to_four, 16)) {
        return is_public_v4(embedded_v4(bytes, 2));
    }
    // What is not global unicast is not public: that leaves out ::, ::1, fc00::/7, fe80::/10, ff00::/8 and what is to come.
    return has_prefix(bytes, global, 3) && !has_prefix(bytes, protocols, 23)
           && !has_prefix(bytes, documentation, 32) && !has_prefix(bytes, documentation_2, 20);
}

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [last, code] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = code == std::errc{} && last == text.data() + text.size();
    return whole && port != 0 ? std::optional{port} : std::nullopt;
}

// The colon before a port: the only one, or the one behind a bracket. An IPv6 network without brackets has none.
std::size_t port_colon(std::string_view text)
{
    const auto bracket = text.rfind(']');
    if (bracket != std::string_view::npos) {
        return text.find(':', bracket);
    }
    const auto colon = text.find(':');
    return colon == text.rfind(':') ? colon : std::string_view::npos;
}

bool is_host_name(std::string_view host)
{
    while (!host.empty()) {
        const auto dot = host.find('.');
        if (!ascii::is_label(host.substr(0, dot))) {
            return false;
        }
        host = dot == std::string_view::npos ? std::string_view{} : host.substr(dot + 1);
        if (dot != std::string_view::npos && host.empty()) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool is_public(const Address& address) { return is_public_v6(as_v6(address)); }

std::optional<AllowList::Entry> AllowList::parse_entry(std::string_view text)
{
    Entry entry;
    if (text.starts_with("http://")) {
        entry.scheme = Scheme::http;
        text.remove_prefix(7);
    }
    const auto colon = port_colon(text);
    if (colon != std::string_view::npos) {
        const auto port = parse_port(text.substr(colon + 1));
        if (!port) {
            return std::nullopt;
        }
        entry.port = *port;
        text = text.substr(0, colon);
    }
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
        text = text.substr(1, text.size() - 2);
    }
    const auto slash = text.find('/');
    boost::system::error_code error;
    const Address address = ip::make_address(std::string{text.substr(0, slash)}, error);
    if (error) {
        // A name without a port would open every service of that machine.
        if (slash != std::string_view::npos || entry.port == 0 || text.empty()) {
            return std::nullopt;
        }
        entry.host = ascii::to_lower(text);
        return is_host_name(entry.host) ? std::optional{entry} : std::nullopt;
    }
    const unsigned width = address.is_v4() ? 32 : 128;
    unsigned bits = width;
    if (slash != std::string_view::npos) {
        const auto [last, code] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), bits);
        if (code != std::errc{} || last != text.data() + text.size() || bits > width) {
            return std::nullopt;
        }
    } else if (entry.port == 0) {
        return std::nullopt;
    }
    entry.network = as_v6(address);
    entry.prefix_bits = bits + (128 - width);
    return entry;
}

std::optional<AllowList> AllowList::parse(std::span<const std::string> entries, std::string& bad)
{
    AllowList list;
    for (const std::string& text : entries) {
        const auto entry = parse_entry(text);
        if (!entry) {
            bad = text;
            return std::nullopt;
        }
        list.entries_.push_back(*entry);
    }
    return list;
}

bool AllowList::fits(const Entry& entry, const Target& target)
{
    return entry.scheme == target.scheme && (entry.port == 0 || entry.port == target.port)
           && (entry.host.empty() || entry.host == target.host);
}

bool AllowList::opens(const Target& target, const Address& address) const
{
    const Bytes16 bytes = as_v6(address);
    return std::ranges::any_of(entries_, [&](const Entry& entry) {
        return fits(entry, target)
               && (!entry.host.empty() || has_prefix(bytes, entry.network, entry.prefix_bits));
    });
}

bool AllowList::may_use_http(const Target& target) const
{
    return std::ranges::any_of(
        entries_, [&](const Entry& entry) { return entry.scheme == Scheme::http && fits(entry, target); });
}

bool may_connect(const AllowList& allowed, const Target& target, const Address& address)
{
    return (target.scheme == Scheme::https && is_public(address)) || allowed.opens(target, address);
}

}  // namespace tessera::outbound
