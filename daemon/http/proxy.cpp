#include "daemon/http/proxy.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"

namespace tessera::http {

namespace ip = boost::asio::ip;

namespace {

ip::address_v6::bytes_type as_v6(const ip::address& address)
{
    return (address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6())
        .to_bytes();
}

std::uint16_t read_16(std::string_view bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8U
                                      | static_cast<unsigned char>(bytes[at + 1]));
}

// A node (RFC 7239 §6): an address, perhaps bracketed, perhaps with a port. "unknown" and obfuscated names are none.
std::optional<ip::address> parse_node(std::string_view node)
{
    node = ascii::trim(node);
    if (node.size() >= 2 && node.front() == '"' && node.back() == '"') {
        node = node.substr(1, node.size() - 2);
    }
    if (node.starts_with('[')) {
        node = node.substr(1, node.find(']') == std::string_view::npos ? 0 : node.find(']') - 1);
    } else if (std::ranges::count(node, ':') == 1) {
        node = node.substr(0, node.find(':'));
    }
    boost::system::error_code ec;
    const ip::address address = ip::make_address(std::string{node}, ec);
    return ec ? std::nullopt : std::optional{address};
}

std::string joined(const Request& request, std::string_view name)
{
    std::string all;
    for (const Header& header : request.headers) {
        if (ascii::equal_ignoring_case(header.name, name)) {
            all += all.empty() ? "" : ",";
            all += header.value;
        }
    }
    return all;
}

// The value of one parameter of a Forwarded element; empty when absent.
std::string_view parameter(std::string_view element, std::string_view name)
{
    while (!element.empty()) {
        const auto semicolon = element.find(';');
        const std::string_view pair = ascii::trim(element.substr(0, semicolon));
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && ascii::equal_ignoring_case(pair.substr(0, equals), name)) {
            return pair.substr(equals + 1);
        }
        element = semicolon == std::string_view::npos ? std::string_view{} : element.substr(semicolon + 1);
    }
    return {};
}

// Hops from the farthest to the nearest.
std::vector<std::string_view> split_commas(std::string_view text)
{
    std::vector<std::string_view> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        items.push_back(ascii::trim(text.substr(0, comma)));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return items;
}

}  // namespace

std::optional<TrustedProxies> TrustedProxies::parse(std::span<const std::string> items, std::string& bad)
{
    TrustedProxies trusted;
    for (const std::string& item : items) {
        const auto slash = item.find('/');
        boost::system::error_code ec;
        const ip::address address = ip::make_address(item.substr(0, slash), ec);
        const unsigned width = address.is_v4() ? 32 : 128;
        unsigned prefix = width;
        if (!ec && slash != std::string::npos) {
            const char* end = item.data() + item.size();
            const auto [last, code] = std::from_chars(item.data() + slash + 1, end, prefix);
            if (code != std::errc{} || last != end || prefix > width) {
                ec = boost::asio::error::invalid_argument;
            }
        }
        if (ec) {
            bad = item;
            return std::nullopt;
        }
        trusted.ranges_.push_back({as_v6(address), prefix + 128 - width});
    }
    return trusted;
}

bool TrustedProxies::contains(const ip::address& address) const
{
    const auto bytes = as_v6(address);
    return std::ranges::any_of(ranges_, [&](const Range& range) {
        for (unsigned bit = 0; bit < range.prefix_bits; ++bit) {
            const unsigned mask = 0x80U >> (bit % 8);
            if ((bytes[bit / 8] & mask) != (range.network[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    });
}

Result<ProxyHeader, ProxyFault> parse_proxy_v2(std::string_view bytes)
{
    constexpr std::string_view signature{"\r\n\r\n\0\r\nQUIT\n", 12};
    constexpr std::size_t fixed_bytes = 16;
    if (bytes.substr(0, 12) != signature.substr(0, std::min<std::size_t>(bytes.size(), 12))) {
        return ProxyFault::malformed;
    }
    if (bytes.size() < fixed_bytes) {
        return ProxyFault::incomplete;
    }
    const auto version_command = static_cast<unsigned char>(bytes[12]);
    const auto family = static_cast<unsigned char>(bytes[13]);
    const std::size_t length = read_16(bytes, 14);
    ProxyHeader header;
    header.bytes = fixed_bytes + length;
    if (version_command >> 4U != 2 || (version_command & 15U) > 1 || header.bytes > proxy_header_bytes_max) {
        return ProxyFault::malformed;
    }
    if (bytes.size() < header.bytes) {
        return ProxyFault::incomplete;
    }
    header.local = (version_command & 15U) == 0;
    if (header.local) {
        return header;
    }
    const std::string_view addresses = bytes.substr(fixed_bytes, length);
    if (family == 0x11 && length >= 12) {  // TCP over IPv4
        ip::address_v4::bytes_type source{};
        std::copy_n(addresses.begin(), source.size(), reinterpret_cast<char*>(source.data()));
        header.address = ip::address_v4{source}.to_string();
        header.port = read_16(addresses, 8);
        return header;
    }
    if (family == 0x21 && length >= 36) {  // TCP over IPv6
        ip::address_v6::bytes_type source{};
        std::copy_n(addresses.begin(), source.size(), reinterpret_cast<char*>(source.data()));
        header.address = ip::address_v6{source}.to_string();
        header.port = read_16(addresses, 32);
        return header;
    }
    return ProxyFault::malformed;
}

void apply_forwarded(Request& request, const TrustedProxies& trusted, ForwardedBy by)
{
    boost::system::error_code ec;
    ip::address nearest = ip::make_address(request.peer.address, ec);
    if (trusted.empty() || ec || !trusted.contains(nearest)) {
        return;
    }
    const bool is_standard = by == ForwardedBy::forwarded;
    const std::string all = joined(request, is_standard ? "forwarded" : "x-forwarded-for");
    const auto hops = split_commas(all);
    for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
        const auto address = parse_node(is_standard ? parameter(*hop, "for") : *hop);
        if (!address) {
            return;
        }
        request.peer.address = address->to_string();
        request.peer.port = 0;
        if (is_standard && !parameter(*hop, "proto").empty()) {
            request.peer.tls = ascii::equal_ignoring_case(parameter(*hop, "proto"), "https");
        }
        if (!trusted.contains(*address)) {
            return;
        }
    }
}

}  // namespace tessera::http
