// The claims parameter (OpenID Connect Core §5.5), bounded: which claims are asked for one by one. Fuzzed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::oidc {

inline constexpr std::size_t claims_parameter_bytes_max = 4096;

struct ClaimsRequest {
    std::vector<std::string> userinfo;       // names of claims we know, in code-point order
    std::vector<std::string> id_token;       // likewise, without those every ID token has
    std::vector<std::string> essential_acr;  // §5.5.1.1: one of these, or the sign-in failed
    std::vector<std::string> voluntary_acr;
    std::optional<std::string> subject;  // §5.5: nobody else will do
};

// Nothing when it is no JSON object of the right shape. Members and claims that are not known are ignored.
std::optional<ClaimsRequest> parse_claims_parameter(std::string_view text);

}  // namespace tessera::oidc
