// The claims parameter: whatever is taken is bounded, in order, and names claims we know.
#include <algorithm>

#include "base/assert.hpp"
#include "daemon/oidc/claims.hpp"
#include "daemon/oidc/claims_parameter.hpp"
#include "tests/fuzz/input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera;
    const auto request = oidc::parse_claims_parameter(fuzz::as_input(data, size));
    if (!request) {
        return 0;
    }
    ASSERT(size <= oidc::claims_parameter_bytes_max);
    for (const auto* names : {&request->userinfo, &request->id_token}) {
        ASSERT(std::ranges::is_sorted(*names));
        ASSERT(std::ranges::adjacent_find(*names) == names->end());
        ASSERT(std::ranges::all_of(
            *names, [](const std::string& name) { return oidc::find_claim(name) != nullptr; }));
    }
    ASSERT(request->essential_acr.size() <= 16 && request->voluntary_acr.size() <= 16);
    return 0;
}
