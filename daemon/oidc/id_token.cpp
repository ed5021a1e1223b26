#include "daemon/oidc/id_token.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <boost/json/array.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "daemon/oidc/claims.hpp"
#include "daemon/oidc/claims_parameter.hpp"
#include "daemon/oidc/subject.hpp"
#include "daemon/transact.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::oidc {

namespace {

// §3.1.3.6: the left half of the digest the signature algorithm uses. EdDSA's readers disagree about which that is, and the claim
// is optional: no claim then.
std::string at_hash(std::string_view access_token)
{
    const Sha256 digest = sha256(access_token);
    return base64url_encode(std::span{digest}.first(digest.size() / 2));
}

// Few ask for any: the person is looked up for them only.
Async<Result<void, oauth::OAuthError>> add_asked_claims(Front& front, const Realm& realm,
                                                        const IdTokenOrder& order, json::object& claims)
{
    const auto asked = order.family.claims ? parse_claims_parameter(*order.family.claims) : std::nullopt;
    const auto names =
        asked ? allowed_names(asked->id_token, order.client.settings.scopes) : std::vector<std::string>{};
    if (names.empty()) {
        co_return ok();
    }
    auto user = co_await transact(front, realm.project.id, [&](storage::Transaction& transaction) {
        return storage::find_user(transaction, order.family.user);
    });
    if (!user) {
        co_return oauth::from_store(user.error());
    }
    if (user.value()) {
        for (auto& [name, value] : claims_of(*user.value(), {}, names)) {
            claims.emplace(name, std::move(value));
        }
    }
    co_return ok();
}

}  // namespace

json::object id_token_claims(const Realm& realm, const IdTokenOrder& order, std::string_view alg)
{
    const storage::TokenFamily& family = order.family;
    const std::int64_t issued_s = to_unix_s(order.now);
    json::object claims;
    claims.reserve(12);
    claims.emplace("iss", realm.issuer);
    claims.emplace("sub", order.subject);
    claims.emplace("aud", order.client.id.to_string());
    claims.emplace("iat", issued_s);
    claims.emplace("exp", issued_s + id_token_lifetime.count());
    // Always: it says nothing a client that was just told of a sign-in does not know, and some require it unasked.
    claims.emplace("auth_time", to_unix_s(family.auth_time));
    claims.emplace("acr", family.acr);
    claims.emplace("amr", json::array(family.amr.begin(), family.amr.end()));
    claims.emplace("sid", sid_of(realm, order.client, family.session));
    if (order.nonce) {
        claims.emplace("nonce", *order.nonce);
    }
    if (!order.access_token.empty() && alg != "EdDSA") {
        claims.emplace("at_hash", at_hash(order.access_token));
    }
    return claims;
}

std::string choose_alg(const std::optional<std::string>& registered,
                       const std::vector<std::string>& of_keyring)
{
    if (registered) {
        return *registered;
    }
    return std::ranges::find(of_keyring, "RS256") != of_keyring.end() ? "RS256" : std::string{};
}

Async<Result<std::string, oauth::OAuthError>> sign_id_token(Front& front, RealmPtr realm,
                                                            const IdTokenOrder& order, std::string request_id)
{
    auto found = co_await front.keys.jwks(realm->project.keyring);
    if (!found) {
        co_return oauth::from_keyd(found.error());
    }
    const auto& algorithms = found.value()->algorithms;
    std::string alg = choose_alg(order.client.settings.id_token_signed_response_alg, algorithms);
    const std::string_view used = alg.empty() && !algorithms.empty() ? algorithms.front() : alg;
    json::object claims = id_token_claims(*realm, order, used);
    CO_TRY(co_await add_asked_claims(front, *realm, order, claims));
    auto token = co_await front.keys.sign_jwt(realm->project.keyring, "JWT", std::move(alg),
                                              std::move(claims), std::move(request_id));
    if (!token) {
        co_return oauth::from_keyd(token.error());
    }
    co_return std::move(token.value().jwt);
}

}  // namespace tessera::oidc
