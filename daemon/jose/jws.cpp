#include "daemon/jose/jws.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/encoding.hpp"

namespace tessera::jose {

namespace {

constexpr std::size_t depth_max = 8;
constexpr std::size_t text_claim_bytes_max = 1024;
constexpr std::int64_t year_9999_unix_s = 253402300799;

JwsError malformed(std::string detail) { return {JwsFault::malformed, std::move(detail)}; }

Result<json::object, JwsError> parse_part(std::string_view part, std::string_view name)
{
    const auto bytes = base64url_decode(part);
    if (!bytes) {
        return malformed(fmt::format("{} is not base64url", name));
    }
    auto parsed = parse_json_object(as_text(*bytes), {.bytes_max = jws_bytes_max, .depth_max = depth_max});
    if (parsed.has_error()) {
        return malformed(fmt::format("{}: {}", name, to_string(parsed.error().fault)));
    }
    return std::move(parsed.value());
}

// RFC 7515 §4.1.11: an extension we do not know must be refused; we know none. RFC 7797 (b64) and zip change what is signed.
Result<void, JwsError> read_header(const json::object& header, Jws& jws)
{
    for (const std::string_view member : {"crit", "b64", "zip"}) {
        if (header.contains({member.data(), member.size()})) {
            return JwsError{JwsFault::unsupported, fmt::format("header member '{}'", member)};
        }
    }
    TRY(auto alg, find_string(header, "alg"));
    const auto algorithm = alg ? parse_algorithm(*alg) : std::nullopt;
    if (!algorithm) {
        return JwsError{JwsFault::unsupported, "alg"};
    }
    jws.algorithm = *algorithm;
    TRY(auto kid, find_string(header, "kid"));
    jws.kid = kid.value_or("");
    TRY(auto typ, find_string(header, "typ"));
    if (typ) {
        const std::string lower = ascii::to_lower(*typ);
        constexpr std::string_view prefix = "application/";
        jws.typ = lower.starts_with(prefix) ? lower.substr(prefix.size()) : lower;
    }
    return ok();
}

// RFC 7518 §3.4: r and s side by side; OpenSSL wants DER.
std::vector<unsigned char> ecdsa_der(const std::vector<std::uint8_t>& signature)
{
    const EcdsaSignaturePtr pair{ECDSA_SIG_new()};
    BIGNUM* r = BN_bin2bn(signature.data(), 32, nullptr);
    BIGNUM* s = BN_bin2bn(signature.data() + 32, 32, nullptr);
    ECDSA_SIG_set0(pair.get(), r, s);
    std::vector<unsigned char> der(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
    unsigned char* out = der.data();
    i2d_ECDSA_SIG(pair.get(), &out);
    return der;
}

bool is_signature_good(const Jws& jws, const Jwk& jwk)
{
    std::vector<unsigned char> signature{jws.signature.begin(), jws.signature.end()};
    if (jws.algorithm == Algorithm::es256) {
        if (signature.size() != 64) {
            return false;
        }
        signature = ecdsa_der(jws.signature);
    }
    const EvpDigestContextPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* options = nullptr;
    const EVP_MD* digest = jws.algorithm == Algorithm::eddsa ? nullptr : EVP_sha256();
    bool ready = EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, jwk.key.get()) == 1;
    if (ready && jws.algorithm == Algorithm::ps256) {
        // RFC 7518 §3.5: MGF1 with SHA-256 and a salt as long as the digest.
        ready = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    const bool good = ready
                      && EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                          as_bytes(jws.signing_input).data(), jws.signing_input.size())
                             == 1;
    if (!good) {
        drain_errors();
    }
    return good;
}

}  // namespace

Result<Jws, JwsError> parse_jws(std::string_view compact)
{
    if (compact.size() > jws_bytes_max) {
        return JwsError{JwsFault::too_large, fmt::format("{} bytes", compact.size())};
    }
    if (std::ranges::count(compact, '.') != 2) {
        return malformed("not three parts");
    }
    const std::size_t first = compact.find('.');
    const std::size_t second = compact.rfind('.');
    Jws jws{};
    TRY(auto header, parse_part(compact.substr(0, first), "header"));
    TRY(read_header(header, jws));
    TRY(auto&& claims, parse_part(compact.substr(first + 1, second - first - 1), "claims"));
    jws.claims = std::move(claims);
    auto signature = base64url_decode(compact.substr(second + 1));
    if (!signature || signature->empty()) {
        return malformed("signature is not base64url");
    }
    jws.signature = std::move(*signature);
    jws.signing_input = compact.substr(0, second);
    return jws;
}

Result<void, JwsError> verify_jws(const Jws& jws, const std::vector<Jwk>& keys, Algorithm allowed)
{
    if (jws.algorithm != allowed) {
        return JwsError{JwsFault::unsupported,
                        fmt::format("alg {} is not the registered one", to_string(jws.algorithm))};
    }
    std::size_t tried = 0;
    for (const Jwk& key : keys) {
        const bool named = jws.kid.empty() || jws.kid == key.kid;
        if (!named || !key.fits(allowed)) {
            continue;
        }
        if (++tried > keys_tried_max) {
            return JwsError{JwsFault::no_key, "no kid, and more keys fit than are tried"};
        }
        if (is_signature_good(jws, key)) {
            return ok();
        }
    }
    return tried > 0 ? JwsError{JwsFault::bad_signature, "kid " + jws.kid}
                     : JwsError{JwsFault::no_key, "kid " + jws.kid};
}

Result<std::optional<Instant>, JwsError> find_numeric_date(const json::object& claims, std::string_view name)
{
    const json::value* value = claims.if_contains({name.data(), name.size()});
    if (value == nullptr) {
        return std::optional<Instant>{};
    }
    std::int64_t seconds = -1;
    if (const std::int64_t* whole = value->if_int64()) {
        seconds = *whole;
    } else if (const double* real = value->if_double();
               real != nullptr && *real >= 0 && *real <= year_9999_unix_s) {
        seconds = static_cast<std::int64_t>(std::floor(*real));
    }
    if (seconds < 0 || seconds > year_9999_unix_s) {
        return malformed(fmt::format("claim '{}' is not a date", name));
    }
    return std::optional{from_unix_s(seconds)};
}

Result<std::optional<std::string>, JwsError> find_string(const json::object& claims, std::string_view name)
{
    const json::value* value = claims.if_contains({name.data(), name.size()});
    if (value == nullptr) {
        return std::optional<std::string>{};
    }
    const json::string* text = value->if_string();
    if (text == nullptr || text->empty() || text->size() > text_claim_bytes_max) {
        return malformed(fmt::format("claim '{}' is not a short string", name));
    }
    return std::optional{std::string{text->data(), text->size()}};
}

}  // namespace tessera::jose
