// Claims from a front under an attacker's control: whatever passes must be one JSON object within policy.
#include <string>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "base/limits.hpp"
#include "keyd/keyring/claims.hpp"
#include "keyd/keyring/issuer.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

constexpr Seconds lifetime_max{3600};
constexpr std::string_view domain = "https://id.example.com";

std::int64_t number(const json::object& claims, const char* name)
{
    return claims.at(name).to_number<std::int64_t>();
}

void check_issuer(std::string_view issuer)
{
    ASSERT(!issuer.empty());
    if (keyd::is_realm_issuer(issuer, domain)) {
        ASSERT(keyd::check_issuer(issuer).has_value());
        const std::string_view slug = issuer.substr(domain.size() + std::string_view{"/realms/"}.size());
        ASSERT(!slug.empty() && slug.size() <= 63 && slug.find_first_of("/.%") == std::string_view::npos);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::as_input(data, size);
    const std::int64_t now_s = 1'800'000'000;
    const auto issuer = keyd::check_claims("at+jwt", text, lifetime_max, from_unix_s(now_s));
    if (!issuer) {
        ASSERT(!issuer.error().description.empty());
        return 0;
    }
    ASSERT(text.size() <= limits::jwt_claims_bytes_max);
    const auto parsed = parse_json_object(
        text, {.bytes_max = limits::jwt_claims_bytes_max, .depth_max = limits::jwt_claims_depth_max});
    ASSERT(parsed.has_value());
    const json::object& claims = parsed.value();
    ASSERT(claims.at("iss").as_string() == issuer.value());
    const std::int64_t issued_at = number(claims, "iat");
    const std::int64_t expires_at = number(claims, "exp");
    ASSERT(expires_at > issued_at && expires_at - issued_at <= lifetime_max.count());
    ASSERT(issued_at - now_s <= limits::clock_skew.count()
           && now_s - issued_at <= limits::clock_skew.count());
    ASSERT(!claims.contains("nbf") || number(claims, "nbf") < expires_at);
    check_issuer(issuer.value());
    return 0;
}
