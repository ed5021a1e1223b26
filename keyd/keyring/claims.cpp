#include "keyd/keyring/claims.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/limits.hpp"

namespace tessera::keyd {

namespace {

constexpr JsonLimits claims_limits = {.bytes_max = limits::jwt_claims_bytes_max,
                                      .depth_max = limits::jwt_claims_depth_max};

// A NumericDate may be fractional (RFC 7519 §2). Stricter than the spec: whole seconds between 1970 and 9999, so that two
// readers never disagree about a lifetime.
constexpr std::int64_t numeric_date_max = 253'402'300'799;

Refusal malformed(std::string description) { return {v1::CLAIMS_MALFORMED, std::move(description)}; }

Refusal refusal_of(const JsonError& error)
{
    switch (error.fault) {
    case JsonFault::too_large:
        return {v1::CLAIMS_TOO_LARGE,
                fmt::format("claims are longer than {} bytes", limits::jwt_claims_bytes_max)};
    case JsonFault::too_deep:
        return {v1::CLAIMS_TOO_DEEP,
                fmt::format("claims nest deeper than {} levels", limits::jwt_claims_depth_max)};
    case JsonFault::duplicate_member:
        return {v1::CLAIMS_DUPLICATE_MEMBER, fmt::format("a member occurs twice, at byte {}", error.offset)};
    case JsonFault::malformed: break;
    }
    return malformed("claims are not one JSON object in UTF-8");
}

bool is_text(const json::value& value) { return value.is_string() && !value.get_string().empty(); }

// RFC 7519 §4.1.3: one string or an array of strings.
bool is_audience(const json::value& value)
{
    if (const auto* several = value.if_array()) {
        return !several->empty() && std::ranges::all_of(*several, is_text);
    }
    return is_text(value);
}

Answer<std::optional<std::int64_t>> read_date(const json::object& claims, std::string_view name)
{
    const json::value* value = claims.if_contains(name);
    if (value == nullptr) {
        return std::optional<std::int64_t>{};
    }
    if (!value->is_int64() || value->get_int64() < 0 || value->get_int64() > numeric_date_max) {
        return malformed(fmt::format("{} is not a whole number of seconds", name));
    }
    return std::optional{value->get_int64()};
}

Answer<void> check_types(const json::object& claims)
{
    struct Rule {
        std::string_view name;
        bool (*holds)(const json::value&);
        std::string_view description;
    };
    static constexpr Rule rules[] = {
        {"iss", is_text, "iss is not a non-empty string"},
        {"sub", is_text, "sub is not a non-empty string"},
        {"aud", is_audience, "aud is not a non-empty string or an array of them"},
        {"jti", is_text, "jti is not a non-empty string"},
    };
    for (const Rule& rule : rules) {
        const json::value* value = claims.if_contains(rule.name);
        if (value != nullptr && !rule.holds(*value)) {
            return malformed(std::string{rule.description});
        }
    }
    return ok();
}

// ASCII letters in lower case, and the two characters beyond ASCII that Unicode folds to one: what a verifier that compares
// names without case, as Go's encoding/json does, takes them for.
std::string fold_case(std::string_view name)
{
    std::string folded;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name.substr(i).starts_with("\xc5\xbf")) {  // U+017F
            folded += 's';
            ++i;
        } else if (name.substr(i).starts_with("\xe2\x84\xaa")) {  // U+212A
            folded += 'k';
            i += 2;
        } else {
            folded += name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] + 32) : name[i];
        }
    }
    return folded;
}

// A second spelling of a claim that verifiers decide by would pass our checks and overrule it there.
Answer<void> check_spelling(const json::object& claims)
{
    static constexpr std::string_view decisive[] = {"iss", "sub",       "aud",   "exp", "nbf", "iat",
                                                    "jti", "client_id", "scope", "act", "cnf"};
    for (const auto& member : claims) {
        const std::string_view name{member.key().data(), member.key().size()};
        const std::string folded = fold_case(name);
        if (folded != name && std::ranges::find(decisive, folded) != std::end(decisive)) {
            return malformed(fmt::format("a member is {} in another spelling", folded));
        }
    }
    return ok();
}

Answer<void> check_issued(std::int64_t iat, Instant now)
{
    if (std::abs(iat - to_unix_s(now)) > limits::clock_skew.count()) {
        return Refusal{v1::ISSUED_AT_SKEWED,
                       fmt::format("iat is more than {} s from keyd's clock", limits::clock_skew.count())};
    }
    return ok();
}

Answer<void> check_lifetime(const json::object& claims, Seconds lifetime_max, Instant now)
{
    TRY(const auto exp, read_date(claims, "exp"));
    TRY(const auto iat, read_date(claims, "iat"));
    TRY(const auto nbf, read_date(claims, "nbf"));
    if (!exp || !iat) {
        return Refusal{v1::LIFETIME_MISSING, "exp and iat are required"};
    }
    if (*exp <= *iat || (nbf && *nbf >= *exp)) {
        return Refusal{v1::LIFETIME_NEGATIVE, "exp is not after iat and nbf"};
    }
    if (*exp - *iat > lifetime_max.count()) {
        return Refusal{v1::LIFETIME_TOO_LONG,
                       fmt::format("exp - iat is above the keyring's {} s", lifetime_max.count())};
    }
    return check_issued(*iat, now);
}

// RFC 9701 §5, §8.1.
Answer<void> check_introspection(const json::object& claims, Instant now)
{
    if (claims.contains("exp") || claims.contains("sub")) {
        return malformed("token-introspection+jwt has exp or sub");
    }
    TRY(const auto iat, read_date(claims, "iat"));
    if (!iat) {
        return Refusal{v1::LIFETIME_MISSING, "iat is required"};
    }
    return check_issued(*iat, now);
}

}  // namespace

Answer<std::string> check_claims(std::string_view typ, std::string_view text, Seconds lifetime_max,
                                 Instant now)
{
    const auto claims = parse_json_object(text, claims_limits);
    if (claims.has_error()) {
        return refusal_of(claims.error());
    }
    TRY(check_spelling(claims.value()));
    TRY(check_types(claims.value()));
    const json::value* issuer = claims.value().if_contains("iss");
    if (issuer == nullptr) {
        return Refusal{v1::ISSUER_FOREIGN, "iss is required"};
    }
    if (typ == "token-introspection+jwt") {
        TRY(check_introspection(claims.value(), now));
    } else {
        TRY(check_lifetime(claims.value(), lifetime_max, now));
    }
    return std::string{issuer->get_string()};
}

}  // namespace tessera::keyd
