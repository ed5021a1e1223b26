// The Authorization header of the token endpoint: never crashes, and what it accepts is complete.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "daemon/oauth/client_auth/basic.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view header{reinterpret_cast<const char*>(data), size};
    const auto credentials = tessera::oauth::parse_basic(header);
    ASSERT(!credentials || (!credentials->id.empty() && !credentials->secret.empty()));
    return 0;
}
