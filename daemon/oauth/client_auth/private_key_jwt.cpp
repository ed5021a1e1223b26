#include <string>
#include <utility>

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "daemon/jose/jws.hpp"
#include "daemon/oauth/client_auth/method.hpp"
#include "daemon/oauth/profile.hpp"

namespace tessera::oauth {

namespace {

// RFC 7523 §2.2.
constexpr std::string_view assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
// docs/spec-map.md JB-01: exp is at most this far ahead; a clock that is off may add the skew.
constexpr Seconds lifetime_max{600};
// What an unknown client's assertion is verified against: equal work, and nobody holds the private half. Any point of the
// curve will do; this is the key of RFC 7515 §A.3.
constexpr std::string_view decoy_jwks = R"({"keys":[{"kty":"EC","crv":"P-256",)"
                                        R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                                        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

// Which check failed: for the trail.
struct Refusal {
    std::string reason;
};

std::string once_text(const std::string& client_id, const std::string& jti) { return client_id + '\0' + jti; }

bool is_presented(const Presented& presented)
{
    return presented.form.find("client_assertion").has_value()
           || presented.form.find("client_assertion_type").has_value();
}

bool names_audience(const json::value& aud, std::string_view name)
{
    return aud.is_string() && std::string_view{aud.get_string()} == name;
}

// rfc7523bis §4: the one value is the issuer, as a string. Clients registered for "issuer_or_endpoint" may still name the
// token endpoint, or list several.
bool is_for_us(const json::object& claims, const std::string& issuer, const std::string& policy)
{
    const json::value* aud = claims.if_contains("aud");
    if (aud == nullptr) {
        return false;
    }
    if (policy != "issuer_or_endpoint") {
        return names_audience(*aud, issuer);
    }
    const std::string endpoint = issuer + "/token";
    if (const auto* list = aud->if_array()) {
        return std::ranges::any_of(*list, [&](const json::value& each) {
            return names_audience(each, issuer) || names_audience(each, endpoint);
        });
    }
    return names_audience(*aud, issuer) || names_audience(*aud, endpoint);
}

// RFC 7523 §3 (4) to (7), docs/spec-map.md JB-01. Gives the instant until which the jti must be remembered.
Result<Instant, Refusal> check_times(const json::object& claims, Instant now)
{
    const auto exp = jose::find_numeric_date(claims, "exp");
    const auto nbf = jose::find_numeric_date(claims, "nbf");
    const auto iat = jose::find_numeric_date(claims, "iat");
    if (!exp || !nbf || !iat || !exp.value()) {
        return Refusal{"exp, nbf or iat is malformed or missing"};
    }
    const Instant expires = *exp.value();
    if (expires + limits::clock_skew <= now) {
        return Refusal{"assertion expired"};
    }
    if (expires > now + lifetime_max + limits::clock_skew) {
        return Refusal{"exp too far ahead"};
    }
    if (nbf.value() && *nbf.value() > now + limits::clock_skew) {
        return Refusal{"assertion not valid yet"};
    }
    if (iat.value() && *iat.value() > now + limits::clock_skew) {
        return Refusal{"iat in the future"};
    }
    // Accepted until then by this clock; fronts and the database may each be a skew apart.
    return expires + 3 * limits::clock_skew;
}

bool is_assertion_typ(const std::optional<std::string>& typ)
{
    return !typ || *typ == "jwt" || *typ == "client-authentication+jwt";
}

const std::vector<jose::Jwk>& decoy_keys()
{
    static const std::vector<jose::Jwk> keys = std::move(jose::parse_jwk_set(decoy_jwks).value());
    return keys;
}

// The signature first: nothing in the claims is believed before it.
Result<void, Refusal> check_signature(const jose::Jws& jws, const ClientRecord* record)
{
    const bool is_known = record != nullptr && !record->keys.empty();
    const auto& keys = is_known ? record->keys : decoy_keys();
    const auto registered =
        is_known && record->client.settings.token_endpoint_auth_signing_alg
            ? jose::parse_algorithm(*record->client.settings.token_endpoint_auth_signing_alg)
            : std::optional{jws.algorithm};
    if (!registered) {
        return Refusal{"registered algorithm unknown"};
    }
    const auto verified = jose::verify_jws(jws, keys, *registered);
    if (!is_known) {
        return Refusal{record != nullptr && !record->keys_fault.empty()
                           ? "registered keys unusable: " + record->keys_fault
                           : "no keys registered"};
    }
    if (!verified) {
        return Refusal{"signature: " + verified.error().detail};
    }
    const Profile* profile = find_profile(record->client.settings.profile);
    if (profile == nullptr || !profile->allows_signing_alg(jose::to_string(jws.algorithm))) {
        return Refusal{"algorithm not allowed by the profile"};
    }
    return ok();
}

Result<storage::OnceValue, Refusal> check_claims(const Presented& presented, const jose::Jws& jws,
                                                 const storage::Client& client, const std::string& client_id)
{
    if (!is_assertion_typ(jws.typ)) {
        return Refusal{"typ of another kind of token"};
    }
    if (!is_for_us(jws.claims, presented.realm->issuer, client.settings.assertion_audience)) {
        return Refusal{"aud is not this issuer"};
    }
    TRY(const Instant expires, check_times(jws.claims, presented.now));
    const auto jti = jose::find_string(jws.claims, "jti");
    if (!jti || !jti.value()) {
        return Refusal{"jti missing or malformed"};
    }
    return storage::OnceValue{client.project, "client_assertion", sha256(once_text(client_id, *jti.value())),
                              expires};
}

Async<Believed> authenticate(const Presented& presented)
{
    const auto assertion = presented.form.find("client_assertion");
    if (!assertion || presented.form.find("client_assertion_type") != assertion_type) {
        co_return Disbelief{
            "client_assertion_type",
            {},
            OAuthError{ErrorCode::invalid_request,
                       "client_assertion needs the client_assertion_type of a JWT, and the other way round.",
                       "client_assertion or its type missing or unknown"}};
    }
    auto parsed = jose::parse_jws(*assertion);
    if (!parsed) {
        co_return Disbelief{"assertion: " + parsed.error().detail, {}, std::nullopt};
    }
    const jose::Jws& jws = parsed.value();
    const auto iss = jose::find_string(jws.claims, "iss");
    const auto sub = jose::find_string(jws.claims, "sub");
    // RFC 7523 §3 (1), (2)(B): both are the client.
    if (!iss || !sub || !iss.value() || iss.value() != sub.value()) {
        co_return Disbelief{"iss and sub are not one client", {}, std::nullopt};
    }
    std::string client_id = *sub.value();
    auto found = co_await look_up_client(presented, client_id, client_auth::private_key_jwt.name);
    if (!found) {
        co_return Disbelief{found.error().detail, std::move(client_id), found.error()};
    }
    ClientLookup& lookup = found.value();
    auto signature = check_signature(jws, lookup.record.get());
    if (lookup.record == nullptr) {
        co_return Disbelief{std::move(lookup.reason), std::move(client_id), std::nullopt};
    }
    if (!signature) {
        co_return Disbelief{signature.error().reason, std::move(client_id), std::nullopt};
    }
    auto once = check_claims(presented, jws, lookup.record->client, client_id);
    if (!once) {
        co_return Disbelief{once.error().reason, std::move(client_id), std::nullopt};
    }
    co_return AuthenticatedClient{std::move(lookup.record), client_auth::private_key_jwt.name,
                                  std::move(once.value())};
}

}  // namespace

namespace client_auth {
constinit const Method private_key_jwt{"private_key_jwt", is_presented, authenticate, Challenge::none};
}

}  // namespace tessera::oauth
