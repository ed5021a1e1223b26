// The Basic header as RFC 7617 and RFC 6749 §2.3.1 together have it. Fuzzed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera::oauth {

struct BasicCredentials {
    std::string id;
    std::string secret;
};

inline constexpr std::size_t basic_bytes_max = 4096;

// nullopt unless the value is "Basic", one space, canonical base64 of "<id>:<secret>", both form-urlencoded (RFC 6749
// §2.3.1). Clients that skip the form-encoding work as well: our ids and secrets are unreserved characters only.
// The scheme is compared without case (RFC 9110 §11.1).
std::optional<BasicCredentials> parse_basic(std::string_view header);

}  // namespace tessera::oauth
