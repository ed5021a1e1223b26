// A redirect URI as asked for, a line with a registered one before it: they are equal, or equal but for a loopback port.
#include <string>

#include "base/assert.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"
#include "tests/fuzz/input.hpp"

namespace {

// Everything but the digits of a port after the host.
std::string without_port(std::string_view uri)
{
    const auto slashes = uri.find("://");
    const auto host = slashes + 3;
    const auto host_end = uri.substr(host).starts_with('[') ? uri.find(']', host) : host;
    const auto colon = uri.find(':', host_end);
    if (colon == std::string_view::npos || colon > uri.find_first_of("/?", host)) {
        return std::string{uri};
    }
    const auto rest = uri.find_first_not_of("0123456789", colon + 1);
    return std::string{uri.substr(0, colon)}
           + (rest == std::string_view::npos ? std::string{} : std::string{uri.substr(rest)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    std::string_view asked = fuzz::as_input(data, size);
    const std::string registered{fuzz::cut_line(asked)};
    if (!oauth::is_registered_redirect(asked, {registered}) || asked == registered) {
        return 0;
    }
    ASSERT(asked.starts_with("http://127.0.0.1") || asked.starts_with("http://[::1]")
           || asked.starts_with("http://localhost"));
    ASSERT(asked.find_first_of("@\\#") == std::string_view::npos);
    ASSERT(without_port(asked) == without_port(registered));
    return 0;
}
