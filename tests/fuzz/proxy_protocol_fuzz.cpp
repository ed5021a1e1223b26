// PROXY protocol v2: a header is read to its end and no further, one that is cut is waited for, and it names an address.
#include <boost/asio/ip/address.hpp>

#include "base/assert.hpp"
#include "daemon/http/proxy.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera::http;

bool is_incomplete(std::string_view bytes)
{
    const auto parsed = parse_proxy_v2(bytes);
    return parsed.has_error() && parsed.error() == ProxyFault::incomplete;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes = tessera::fuzz::as_input(data, size);
    const auto parsed = parse_proxy_v2(bytes);
    if (parsed.has_error()) {
        ASSERT(parsed.error() == ProxyFault::malformed || size < proxy_header_bytes_max);
        return 0;
    }
    const ProxyHeader& header = parsed.value();
    ASSERT(header.bytes <= size && header.bytes <= proxy_header_bytes_max);
    boost::system::error_code ec;
    boost::asio::ip::make_address(header.address, ec);
    ASSERT(header.local == header.address.empty() && (header.local || !ec));
    for (std::size_t cut = 0; cut < header.bytes; ++cut) {
        ASSERT(is_incomplete(bytes.substr(0, cut)));
    }
    const auto alone = parse_proxy_v2(bytes.substr(0, header.bytes));
    ASSERT(alone && alone.value().address == header.address && alone.value().port == header.port);
    return 0;
}
