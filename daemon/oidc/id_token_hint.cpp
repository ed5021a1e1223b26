#include "daemon/oidc/id_token_hint.hpp"

#include "daemon/jose/jws.hpp"

namespace tessera::oidc {

namespace {

std::string text_of(const json::object& claims, std::string_view name)
{
    const auto found = jose::find_string(claims, name);
    return found ? found.value().value_or("") : std::string{};
}

// docs/spec-map.md X-20: a token of another kind is no hint; only an ID token may come without typ.
bool is_id_token(const jose::Jws& jws) { return !jws.typ || *jws.typ == "jwt"; }

}  // namespace

Async<Result<std::optional<IdTokenHint>, oauth::OAuthError>> read_id_token_hint(Front& front, RealmPtr realm,
                                                                                std::string_view text)
{
    const auto jws = jose::parse_jws(text);
    if (!jws || !is_id_token(jws.value())) {
        co_return std::nullopt;
    }
    auto jwks = co_await front.keys.jwks(realm->project.keyring);
    if (!jwks) {
        co_return oauth::from_keyd(jwks.error());
    }
    const auto keys = jose::parse_jwk_set(jwks.value()->body);
    if (!keys || !jose::verify_jws(jws.value(), keys.value(), jws.value().algorithm)) {
        co_return std::nullopt;
    }
    const json::object& claims = jws.value().claims;
    const auto client = ClientId::parse(text_of(claims, "aud"));
    std::string subject = text_of(claims, "sub");
    if (text_of(claims, "iss") != realm->issuer || !client || subject.empty()) {
        co_return std::nullopt;
    }
    co_return IdTokenHint{std::move(subject), *client, text_of(claims, "sid")};
}

}  // namespace tessera::oidc
