// A client assertion: what parses is exactly what was sent, and nothing verifies against keys whose private halves nobody here
// has.
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/jose/jws.hpp"
#include "tests/fuzz/input.hpp"

namespace {

using namespace tessera;

// RFC 7515 §A.3, §A.2 and RFC 8037 §A.2.
const std::vector<jose::Jwk>& keys()
{
    static const auto parsed = jose::parse_jwk_set(
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},)"
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},)"
        R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddx)"
        R"(HmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzj)"
        R"(b_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qC)"
        R"(o5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]})");
    return parsed.value();
}

void check_claims(const json::object& claims)
{
    for (const char* name : {"exp", "iat", "nbf"}) {
        const auto date = jose::find_numeric_date(claims, name);
        ASSERT(claims.contains(name) || (date && !date.value()));
        ASSERT(!date || !date.value() || to_rfc3339(*date.value()).size() == 27);
    }
    for (const char* name : {"iss", "sub", "jti"}) {
        const auto text = jose::find_string(claims, name);
        ASSERT(!text || !text.value() || (!text.value()->empty() && is_utf8(*text.value())));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view compact = fuzz::as_input(data, size);
    const auto parsed = jose::parse_jws(compact);
    if (!parsed) {
        return 0;
    }
    const jose::Jws& jws = parsed.value();
    ASSERT(jws.signing_input + '.' + base64url_encode(jws.signature) == compact);
    check_claims(jws.claims);
    for (const auto allowed :
         {jose::Algorithm::es256, jose::Algorithm::rs256, jose::Algorithm::ps256, jose::Algorithm::eddsa}) {
        const auto verified = jose::verify_jws(jws, keys(), allowed);
        ASSERT(verified.has_error());
        ASSERT(jws.algorithm == allowed || verified.error().fault == jose::JwsFault::unsupported);
    }
    return 0;
}
