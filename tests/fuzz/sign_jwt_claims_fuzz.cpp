// Claims from a front under an attacker's control: whatever passes must be one JSON object within policy.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "base/limits.hpp"
#include "keyd/keyring/claims.hpp"

using namespace tessera;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view claims{reinterpret_cast<const char*>(data), size};
    const Instant now = from_unix_s(1'800'000'000);
    constexpr Seconds lifetime_max{3600};
    const auto issuer = keyd::check_claims(claims, lifetime_max, now);
    if (!issuer) {
        return 0;
    }
    ASSERT(claims.size() <= limits::jwt_claims_bytes_max);
    const auto parsed = parse_json_object(
        claims, {.bytes_max = limits::jwt_claims_bytes_max, .depth_max = limits::jwt_claims_depth_max});
    ASSERT(parsed.has_value());
    ASSERT(parsed.value().at("iss").as_string() == issuer.value());
    const std::int64_t issued_at = parsed.value().at("iat").to_number<std::int64_t>();
    const std::int64_t expires_at = parsed.value().at("exp").to_number<std::int64_t>();
    ASSERT(expires_at > issued_at && expires_at - issued_at <= lifetime_max.count());
    ASSERT(issued_at - to_unix_s(now) <= limits::clock_skew.count());
    ASSERT(to_unix_s(now) - issued_at <= limits::clock_skew.count());
    return 0;
}
