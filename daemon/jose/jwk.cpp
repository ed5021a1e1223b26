#include "daemon/jose/jwk.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "base/encoding.hpp"

namespace tessera::jose {

namespace {

constexpr std::size_t depth_max = 6;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 8192;

using ParamBuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, OpensslFree<OSSL_PARAM_BLD_free>>;
using ParamsPtr = std::unique_ptr<OSSL_PARAM, OpensslFree<OSSL_PARAM_free>>;

// RFC 7518 §6.2.2, §6.3.2, §6.4.1: members only a private or symmetric key has.
constexpr std::array<std::string_view, 8> private_members = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

std::optional<std::string_view> find_text(const json::object& object, std::string_view name)
{
    const json::value* value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) {
        return std::nullopt;
    }
    return std::string_view{value->get_string().data(), value->get_string().size()};
}

Result<Bytes, JwkError> load_bytes(const json::object& jwk, std::string_view name)
{
    const auto text = find_text(jwk, name);
    auto bytes = text ? base64url_decode(*text) : std::nullopt;
    if (!bytes || bytes->empty()) {
        return JwkError{JwkFault::malformed, fmt::format("member '{}' is missing or not base64url", name)};
    }
    return std::move(*bytes);
}

EvpKeyPtr build_key(const char* type, OSSL_PARAM_BLD* builder)
{
    const ParamsPtr params{OSSL_PARAM_BLD_to_param(builder)};
    const EvpKeyContextPtr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1
        || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        drain_errors();
        return nullptr;
    }
    return EvpKeyPtr{key};
}

// RFC 7518 §6.2.1: x and y are exactly the field's width; a shorter one is a defect of its maker.
Result<EvpKeyPtr, JwkError> parse_ec(const json::object& jwk)
{
    if (find_text(jwk, "crv") != "P-256") {
        return JwkError{JwkFault::unsupported, "crv is not P-256"};
    }
    TRY(auto x, load_bytes(jwk, "x"));
    TRY(auto y, load_bytes(jwk, "y"));
    if (x.size() != 32 || y.size() != 32) {
        return JwkError{JwkFault::malformed, "x and y must be 32 bytes each"};
    }
    Bytes point = {0x04};
    point.insert(point.end(), x.begin(), x.end());
    point.insert(point.end(), y.begin(), y.end());
    const ParamBuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    EvpKeyPtr key = build_key("EC", builder.get());
    const EvpKeyContextPtr check{key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr};
    if (!check || EVP_PKEY_public_check(check.get()) != 1) {
        drain_errors();
        return JwkError{JwkFault::not_on_curve, "the point is not on P-256"};
    }
    return key;
}

Result<EvpKeyPtr, JwkError> parse_rsa(const json::object& jwk)
{
    TRY(auto modulus, load_bytes(jwk, "n"));
    TRY(auto exponent, load_bytes(jwk, "e"));
    const BignumPtr n{BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
    const BignumPtr e{BN_bin2bn(exponent.data(), static_cast<int>(exponent.size()), nullptr)};
    if (BN_num_bits(n.get()) < rsa_bits_min || BN_num_bits(n.get()) > rsa_bits_max || !BN_is_odd(n.get())) {
        return JwkError{JwkFault::weak, fmt::format("RSA modulus of {} bits", BN_num_bits(n.get()))};
    }
    // SP 800-56B: odd, above 2^16; and small enough that verification stays cheap.
    if (!BN_is_odd(e.get()) || BN_num_bits(e.get()) < 17 || BN_num_bits(e.get()) > 33) {
        return JwkError{JwkFault::weak, "RSA exponent"};
    }
    const ParamBuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    EvpKeyPtr key = build_key("RSA", builder.get());
    if (!key) {
        return JwkError{JwkFault::malformed, "RSA key"};
    }
    return key;
}

// RFC 8037 §2.
Result<EvpKeyPtr, JwkError> parse_okp(const json::object& jwk)
{
    if (find_text(jwk, "crv") != "Ed25519") {
        return JwkError{JwkFault::unsupported, "crv is not Ed25519"};
    }
    TRY(auto x, load_bytes(jwk, "x"));
    if (x.size() != 32) {
        return JwkError{JwkFault::malformed, "x must be 32 bytes"};
    }
    EvpKeyPtr key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, x.data(), x.size())};
    if (!key) {
        drain_errors();
        return JwkError{JwkFault::malformed, "Ed25519 key"};
    }
    return key;
}

Result<EvpKeyPtr, JwkError> parse_key(const json::object& jwk)
{
    const auto type = find_text(jwk, "kty");
    if (type == "oct") {
        return JwkError{JwkFault::symmetric, "kty oct"};
    }
    for (const std::string_view member : private_members) {
        if (jwk.contains({member.data(), member.size()})) {
            return JwkError{JwkFault::private_key, fmt::format("member '{}'", member)};
        }
    }
    if (type == "EC") {
        return parse_ec(jwk);
    }
    if (type == "RSA") {
        return parse_rsa(jwk);
    }
    if (type == "OKP") {
        return parse_okp(jwk);
    }
    return JwkError{JwkFault::unsupported, "kty"};
}

bool is_text_or_absent(const json::object& jwk, std::string_view name)
{
    const json::value* value = jwk.if_contains({name.data(), name.size()});
    return value == nullptr || value->is_string();
}

// RFC 7517 §4.2, §4.3: a key that says it is for something else is not used.
Result<void, JwkError> check_use(const json::object& jwk)
{
    if (const auto use = find_text(jwk, "use"); use && *use != "sig") {
        return JwkError{JwkFault::wrong_use, "use is not sig"};
    }
    if (const json::value* operations = jwk.if_contains("key_ops")) {
        const json::array* list = operations->if_array();
        const bool verifies = list != nullptr && std::ranges::any_of(*list, [](const json::value& operation) {
                                  return operation.is_string() && operation.get_string() == "verify";
                              });
        if (!verifies) {
            return JwkError{JwkFault::wrong_use, "key_ops has no verify"};
        }
    }
    return ok();
}

}  // namespace

std::optional<Algorithm> parse_algorithm(std::string_view name)
{
    if (name == "ES256") {
        return Algorithm::es256;
    }
    if (name == "RS256") {
        return Algorithm::rs256;
    }
    if (name == "PS256") {
        return Algorithm::ps256;
    }
    if (name == "EdDSA" || name == "Ed25519") {
        return Algorithm::eddsa;
    }
    return std::nullopt;
}

std::string_view to_string(Algorithm algorithm)
{
    switch (algorithm) {
    case Algorithm::es256: return "ES256";
    case Algorithm::rs256: return "RS256";
    case Algorithm::ps256: return "PS256";
    case Algorithm::eddsa: return "EdDSA";
    }
    return "";
}

std::string_view to_string(JwkFault fault)
{
    switch (fault) {
    case JwkFault::malformed: return "malformed key";
    case JwkFault::private_key: return "holds private key members; register the public key only";
    case JwkFault::symmetric: return "symmetric keys are not accepted";
    case JwkFault::unsupported: return "unsupported key type or curve";
    case JwkFault::weak: return "key too weak";
    case JwkFault::not_on_curve: return "point not on its curve";
    case JwkFault::wrong_use: return "key is not meant for verifying signatures";
    case JwkFault::too_many: return "too many keys";
    case JwkFault::duplicate_kid: return "two keys have the same kid";
    case JwkFault::empty: return "no keys";
    }
    return "malformed key";
}

bool Jwk::fits(Algorithm wanted) const
{
    if (algorithm && *algorithm != wanted) {
        return false;
    }
    switch (EVP_PKEY_get_base_id(key.get())) {
    case EVP_PKEY_EC: return wanted == Algorithm::es256;
    case EVP_PKEY_RSA: return wanted == Algorithm::rs256 || wanted == Algorithm::ps256;
    case EVP_PKEY_ED25519: return wanted == Algorithm::eddsa;
    default: return false;
    }
}

Result<Jwk, JwkError> parse_jwk(const json::object& jwk)
{
    for (const std::string_view member : {"kid", "alg", "use", "kty"}) {
        if (!is_text_or_absent(jwk, member)) {
            return JwkError{JwkFault::malformed, fmt::format("member '{}' is not a string", member)};
        }
    }
    TRY(check_use(jwk));
    Jwk parsed;
    TRY(auto&& key, parse_key(jwk));
    parsed.key = std::move(key);
    parsed.kid = find_text(jwk, "kid").value_or("");
    if (const auto name = find_text(jwk, "alg")) {
        parsed.algorithm = parse_algorithm(*name);
        if (!parsed.algorithm || !parsed.fits(*parsed.algorithm)) {
            return JwkError{JwkFault::wrong_use, "alg does not fit the key"};
        }
    }
    return parsed;
}

Result<std::vector<Jwk>, JwkError> parse_jwk_set(std::string_view text)
{
    const auto parsed = parse_json_object(text, {.bytes_max = jwk_set_bytes_max, .depth_max = depth_max});
    if (parsed.has_error()) {
        return JwkError{JwkFault::malformed, std::string{to_string(parsed.error().fault)}};
    }
    const json::value* keys = parsed.value().if_contains("keys");
    if (keys == nullptr || !keys->is_array()) {
        return JwkError{JwkFault::malformed, "member 'keys' is missing or not an array"};
    }
    if (keys->get_array().empty()) {
        return JwkError{JwkFault::empty, "keys"};
    }
    if (keys->get_array().size() > jwk_set_keys_max) {
        return JwkError{JwkFault::too_many, fmt::format("more than {}", jwk_set_keys_max)};
    }
    std::vector<Jwk> set;
    std::set<std::string> kids;
    for (const json::value& each : keys->get_array()) {
        if (!each.is_object()) {
            return JwkError{JwkFault::malformed, "a key is not an object"};
        }
        TRY(auto&& jwk, parse_jwk(each.get_object()));
        if (!jwk.kid.empty() && !kids.insert(jwk.kid).second) {
            return JwkError{JwkFault::duplicate_kid, jwk.kid};
        }
        set.push_back(std::move(jwk));
    }
    return set;
}

}  // namespace tessera::jose
