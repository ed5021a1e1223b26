#include "daemon/oauth/access_token.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.hpp"
#include "daemon/jose/jws.hpp"

namespace tessera::oauth {

namespace {

constexpr std::size_t tokens_max = 20'000;   // a loop remembers: about a KiB each
constexpr std::size_t keyrings_max = 1'000;  // parsed key sets
constexpr std::size_t ended_max = 100'000;   // ids heard to have ended
constexpr std::size_t readings_max = 4;      // of a standing that ends while it is read
constexpr std::size_t audiences_max = 32;

FoundToken inactive(Inactive why, AccessTokenPtr token = {}) { return {why, std::move(token), {}}; }

std::string text_of(const json::object& claims, std::string_view name)
{
    const json::value* value = claims.if_contains(name);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

// A string or an array of strings (RFC 7519 §4.1.3).
std::optional<std::vector<std::string>> texts_of(const json::value* value)
{
    std::vector<std::string> texts;
    if (value == nullptr) {
        return texts;
    }
    if (value->is_string()) {
        texts.emplace_back(value->get_string());
        return texts;
    }
    const auto* list = value->if_array();
    if (list == nullptr || list->size() > audiences_max) {
        return std::nullopt;
    }
    for (const json::value& each : *list) {
        if (!each.is_string()) {
            return std::nullopt;
        }
        texts.emplace_back(each.get_string());
    }
    return texts;
}

// RFC 9068 §2.2. Null when a claim is missing or of another form than we give it.
AccessTokenPtr read_claims(const json::object& claims)
{
    const auto issued = jose::find_numeric_date(claims, "iat");
    const auto expires = jose::find_numeric_date(claims, "exp");
    const auto auth_time = jose::find_numeric_date(claims, "auth_time");
    const auto client = ClientId::parse(text_of(claims, "client_id"));
    auto audience = texts_of(claims.if_contains("aud"));
    auto amr = texts_of(claims.if_contains("amr"));
    if (!issued || !issued.value() || !expires || !expires.value() || !auth_time || !client || !audience
        || audience->empty() || !amr) {
        return {};
    }
    auto token = std::make_shared<AccessToken>();
    token->issuer = text_of(claims, "iss");
    token->subject = text_of(claims, "sub");
    token->jti = text_of(claims, "jti");
    if (token->subject.empty() || token->jti.empty()) {
        return {};
    }
    if (const std::string family = text_of(claims, "family"); !family.empty()) {
        token->family = TokenFamilyId::parse(family);
        if (!token->family) {
            return {};
        }
    }
    token->client = *client;
    token->audience = std::move(*audience);
    token->scope = text_of(claims, "scope");
    token->acr = text_of(claims, "acr");
    token->amr = std::move(*amr);
    token->auth_time = auth_time.value();
    token->issued = *issued.value();
    token->expires = *expires.value();
    return token;
}

}  // namespace

std::string_view to_string(Inactive why)
{
    switch (why) {
    case Inactive::no: return "active";
    case Inactive::malformed: return "malformed";
    case Inactive::not_an_access_token: return "not an access token";
    case Inactive::not_ours: return "not of this realm";
    case Inactive::expired: return "expired";
    case Inactive::not_yet: return "issued in the future";
    case Inactive::revoked: return "revoked";
    }
    return "";
}

bool AccessToken::is_for(std::string_view resource) const
{
    return std::ranges::find(audience, resource) != audience.end();
}

bool AccessToken::has_scope(std::string_view wanted) const
{
    std::string_view rest = scope;
    while (!rest.empty()) {
        const std::size_t space = rest.find(' ');
        if (rest.substr(0, space) == wanted) {
            return true;
        }
        rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    }
    return false;
}

// Any eight bytes of a digest are as good as a hash of it.
std::size_t AccessTokens::DigestHash::operator()(const Sha256& digest) const noexcept
{
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
}

AccessTokens::AccessTokens(storage::Pool& app_pool, asio::thread_pool& threads, const Clock& clock,
                           Metrics& metrics, const ChangesHeard& changes_heard)
    : app_pool_(app_pool),
      threads_(threads),
      clock_(clock),
      standings_({.records_max = tokens_max}, clock, metrics, changes_heard)
{
}

AccessTokenPtr AccessTokens::find_verified(const Sha256& digest,
                                           const std::shared_ptr<const keys::Jwks>& jwks)
{
    const auto found = verified_.find(digest);
    // Other keys: the one that signed it may have been revoked.
    if (found == verified_.end() || found->second.jwks != jwks) {
        return {};
    }
    order_.splice(order_.end(), order_, found->second.place);
    return found->second.token;
}

void AccessTokens::keep_verified(const Sha256& digest, const AccessTokenPtr& token,
                                 const std::shared_ptr<const keys::Jwks>& jwks)
{
    if (const auto known = verified_.find(digest); known != verified_.end()) {
        known->second.token = token;
        known->second.jwks = jwks;
        return;
    }
    if (verified_.size() >= tokens_max) {
        verified_.erase(order_.front());
        order_.pop_front();
    }
    order_.push_back(digest);
    verified_.emplace(digest, Verified{token, jwks, std::prev(order_.end())});
}

const std::vector<jose::Jwk>& AccessTokens::keys_of(KeyringId keyring,
                                                    const std::shared_ptr<const keys::Jwks>& jwks)
{
    if (keys_.size() >= keyrings_max && !keys_.contains(keyring)) {
        keys_.clear();
    }
    ParsedKeys& known = keys_[keyring];
    if (known.jwks != jwks) {
        auto parsed = jose::parse_jwk_set(jwks->body);
        known.keys = parsed ? std::move(parsed.value()) : std::vector<jose::Jwk>{};
        known.jwks = jwks;
    }
    return known.keys;
}

Async<Result<FoundToken, OAuthError>> AccessTokens::read(keys::Keys& keys, RealmPtr realm, std::string text)
{
    auto found_keys = co_await keys.jwks(realm->project.keyring);
    if (!found_keys) {
        co_return from_keyd(found_keys.error());
    }
    const auto& jwks = found_keys.value();
    const Sha256 digest = sha256(text);
    AccessTokenPtr token = find_verified(digest, jwks);
    if (!token) {
        auto jws = jose::parse_jws(text);
        if (!jws) {
            co_return inactive(Inactive::malformed);
        }
        // RFC 9068 §4, RFC 8725 §3.11: an ID token or a logout token is none.
        if (jws.value().typ != "at+jwt") {
            co_return inactive(Inactive::not_an_access_token);
        }
        if (!jose::verify_jws(jws.value(), keys_of(realm->project.keyring, jwks), jws.value().algorithm)) {
            co_return inactive(Inactive::not_ours);
        }
        token = read_claims(jws.value().claims);
        if (!token) {
            co_return inactive(Inactive::malformed);
        }
        keep_verified(digest, token, jwks);
    }
    // A keyring may serve several realms.
    if (token->issuer != realm->issuer) {
        co_return inactive(Inactive::not_ours);
    }
    const Instant now = clock_.now();
    if (token->expires <= now) {
        co_return inactive(Inactive::expired, std::move(token));
    }
    if (token->issued > now + limits::clock_skew) {
        co_return inactive(Inactive::not_yet, std::move(token));
    }
    co_return FoundToken{Inactive::no, std::move(token), {}};
}

Async<Result<FoundToken, OAuthError>> AccessTokens::find(keys::Keys& keys, RealmPtr realm, std::string text)
{
    const Sha256 digest = sha256(text);
    auto found = co_await read(keys, realm, std::move(text));
    if (!found || !found.value().is_active()) {
        co_return found;
    }
    AccessTokenPtr token = found.value().token;
    auto read_standing = co_await standing_of(realm, digest, token);
    if (!read_standing) {
        co_return from_store(read_standing.error());
    }
    const storage::Standing& standing = read_standing.value()->standing;
    if (standing.ended) {
        co_return inactive(Inactive::revoked, std::move(token));
    }
    if (standing.expire_time && *standing.expire_time <= clock_.now()) {
        co_return inactive(Inactive::expired, std::move(token));
    }
    std::shared_ptr<const storage::Standing> shared{read_standing.value(), &standing};
    co_return FoundToken{Inactive::no, std::move(token), std::move(shared)};
}

bool AccessTokens::has_ended_since(const AccessToken& token, const ReadStanding& read) const
{
    const auto heard = [&](const std::string& id) {
        const auto found = ended_.find(id);
        return found != ended_.end() && found->second > read.notices;
    };
    if (ended_.empty()) {
        return false;
    }
    const storage::Standing& standing = read.standing;
    return heard(token.jti) || heard(to_string(token.client.uuid))
           || (token.family && heard(to_string(token.family->uuid)))
           || (standing.user && heard(to_string(standing.user->uuid)))
           || (standing.organization && heard(to_string(standing.organization->uuid)))
           || (standing.session && heard(to_string(standing.session->uuid)));
}

// A reading that began before the end of something it depends on was heard may have missed it.
Async<Result<AccessTokens::ReadStandingPtr, storage::StoreError>>
AccessTokens::standing_of(RealmPtr realm, Sha256 digest, AccessTokenPtr token)
{
    const StandingKey key{realm->project.id, digest};
    for (std::size_t i = 0; i < readings_max; ++i) {
        const auto load = [&pool = app_pool_, project = key.project, token,
                           notices = notices_]() -> Result<ReadStandingPtr, storage::StoreError> {
            TRY(auto&& transaction, storage::Transaction::begin(pool, storage::RealmScope{project}));
            TRY(auto&& standing,
                storage::find_standing(transaction, token->jti, token->client, token->family));
            TRY(transaction.commit());
            return std::make_shared<const ReadStanding>(ReadStanding{std::move(standing), notices});
        };
        CO_TRY(auto&& read, co_await standings_.find(key, threads_, load));
        if (!has_ended_since(*token, *read)) {
            co_return read;
        }
        standings_.drop(key);
    }
    co_return storage::StoreError{
        storage::StoreFault::timeout, {}, "what the token depends on keeps changing"};
}

void AccessTokens::invalidate(const storage::Invalidation& change)
{
    if (change.kind != "revoked" && change.kind != "client") {
        return;
    }
    if (ended_.size() >= ended_max) {
        invalidate_all();
    }
    ended_.insert_or_assign(change.row, ++notices_);
}

void AccessTokens::invalidate_all()
{
    standings_.drop_all();
    ended_.clear();
}

Async<Result<FoundToken, OAuthError>> find_access_token(Front& front, RealmPtr realm, std::string token)
{
    co_return co_await front.access_tokens.find(front.keys, std::move(realm), std::move(token));
}

}  // namespace tessera::oauth
