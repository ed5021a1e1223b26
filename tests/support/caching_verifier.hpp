// A relying party that caches a JWKS, for rotation simulations: it must be able to verify every unexpired token at every instant.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace tessera::testing {

// The kids of a JWK Set.
inline std::set<std::string> kids_of(const std::string& jwks)
{
    std::set<std::string> kids;
    const auto parsed = parse_json(jwks, {.bytes_max = 1 << 20, .depth_max = 8});
    for (const auto& key : parsed.value().at("keys").as_array()) {
        kids.emplace(key.at("kid").as_string());
    }
    return kids;
}

// Tokens by the key that signed them: only the last expiry of each key matters.
class LivingTokens {
public:
    void sign(const std::string& kid, Instant expires)
    {
        Instant& last = last_expiry_[kid];
        last = std::max(last, expires);
    }
    // Kids of keys with an unexpired token.
    std::set<std::string> kids(Instant now)
    {
        std::erase_if(last_expiry_, [&](const auto& entry) { return entry.second <= now; });
        std::set<std::string> living;
        for (const auto& [kid, expires] : last_expiry_) {
            living.insert(kid);
        }
        return living;
    }

private:
    std::map<std::string, Instant> last_expiry_;
};

// Fetches when its copy has expired and never for an unknown kid: the least helpful cache there is.
class CachingVerifier {
public:
    explicit CachingVerifier(Instant first_fetch) : fetch_at_(first_fetch) {}

    // `lifetime` is how long it keeps what it fetches now.
    void look(Instant now, const std::string& jwks, Seconds lifetime)
    {
        if (now >= fetch_at_) {
            if (jwks != jwks_) {
                jwks_ = jwks;
                kids_ = kids_of(jwks);
            }
            fetch_at_ = now + lifetime;
            has_fetched_ = true;
        }
    }
    // Whether it knows each of these kids; before its first fetch it is asked for none.
    bool knows(const std::set<std::string>& living) const
    {
        return !has_fetched_ || std::ranges::includes(kids_, living);
    }

private:
    Instant fetch_at_;
    std::string jwks_;  // what kids_ were read from
    std::set<std::string> kids_;
    bool has_fetched_ = false;
};

}  // namespace tessera::testing
