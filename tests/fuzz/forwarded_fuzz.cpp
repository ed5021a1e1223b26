// Forwarded and X-Forwarded-For: whatever a client makes them say, the hop that a trusted proxy added decides, and nobody else
// is believed. The input's lines: peer, Forwarded, X-Forwarded-For, a range of trusted-proxies.
#include <string>

#include "base/assert.hpp"
#include "daemon/http/proxy.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;
using namespace tessera::http;
namespace ip = boost::asio::ip;

constexpr std::string_view client = "203.0.113.9";

const TrustedProxies& trusted()
{
    static const std::string items[] = {"10.0.0.0/8", "::1", "fd00::/8"};
    std::string bad;
    static const auto parsed = TrustedProxies::parse(items, bad);
    return parsed.value();
}

bool is_address(const std::string& text)
{
    boost::system::error_code ec;
    ip::make_address(text, ec);
    return !ec;
}

bool is_trusted(const std::string& text)
{
    return is_address(text) && trusted().contains(ip::make_address(text));
}

// What is left of the last hop is the client's invention, and so is the other header.
void check_nearest_hop_decides(ForwardedBy by, std::string_view name, std::string_view value,
                               std::string_view hop)
{
    Request request;
    request.peer.address = "10.0.0.1";
    const char* const other = by == ForwardedBy::forwarded ? "X-Forwarded-For" : "Forwarded";
    request.headers = {{other, "for=198.51.100.1"},
                       {std::string{name}, std::string{value} + "," + std::string{hop}}};
    apply_forwarded(request, trusted(), by);
    ASSERT(request.peer.address == client);
    request.peer.address = "10.0.0.1";
    request.headers = {{std::string{name}, std::string{value}}, {std::string{name}, std::string{hop}}};
    apply_forwarded(request, trusted(), by);
    ASSERT(request.peer.address == client);
}

void check_range(const std::string& item)
{
    std::string bad;
    const auto range = TrustedProxies::parse({&item, 1}, bad);
    ASSERT(range || bad == item);
    if (range) {
        ASSERT(range->contains(ip::make_address(item.substr(0, item.find('/')))));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest = fuzz::as_input(data, size);
    Request request;
    request.peer = {.address = std::string{fuzz::cut_line(rest)}, .port = 7, .tls = true, .uid = {}};
    const Peer peer = request.peer;
    const std::string forwarded{fuzz::cut_line(rest)};
    const std::string plain{fuzz::cut_line(rest)};
    request.headers = {{"X-Forwarded-For", plain}, {"forwarded", forwarded}};
    for (const ForwardedBy by : {ForwardedBy::x_forwarded_for, ForwardedBy::forwarded}) {
        request.peer = peer;
        apply_forwarded(request, trusted(), by);
        if (!is_trusted(peer.address)) {
            ASSERT(request.peer.address == peer.address && request.peer.port == peer.port
                   && request.peer.tls);
        }
        ASSERT(request.peer.address == peer.address || is_address(request.peer.address));
    }
    check_nearest_hop_decides(ForwardedBy::forwarded, "Forwarded", forwarded, "for=203.0.113.9;proto=https");
    check_nearest_hop_decides(ForwardedBy::x_forwarded_for, "X-Forwarded-For", plain, client);
    check_range(std::string{fuzz::cut_line(rest)});
    return 0;
}
