// The Authorization header of the token endpoint: what it accepts is complete, and the same credentials sent the plain way
// read the same.
#include <string>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/http/form.hpp"
#include "daemon/oauth/client_auth/basic.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    const auto credentials = oauth::parse_basic(fuzz::as_input(data, size));
    if (!credentials) {
        return 0;
    }
    ASSERT(!credentials->id.empty() && !credentials->secret.empty());
    const std::string pair =
        http::form_encode(credentials->id) + ':' + http::form_encode(credentials->secret);
    const std::string header = "Basic " + base64_encode(as_bytes(pair));
    if (header.size() <= oauth::basic_bytes_max) {
        const auto again = oauth::parse_basic(header);
        ASSERT(again && again->id == credentials->id && again->secret == credentials->secret);
    }
    return 0;
}
