// Our own access tokens, shown to us: userinfo, introspection, revocation.
//
// A token is believed when it is an at+jwt (RFC 9068 §4) of this realm's issuer, signed by a key the realm publishes, within
// its times, and nothing it was issued from has ended. A token seen before costs no signature check (ADR 0097); what may have ended
// is asked every time: from memory while changes are heard, at most a second old otherwise.
//
// Claims we put into a token for a person beside those of RFC 9068: `family` (token_family_…), what it was issued from. A token
// without it is a client's own.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "base/async.hpp"
#include "base/digest.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/jose/jwk.hpp"
#include "daemon/keys/keys.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/record_cache.hpp"
#include "storage/invalidations.hpp"
#include "storage/repositories/revocations.hpp"

namespace tessera::oauth {

// What a token says, once its signature was good. Immutable.
struct AccessToken {
    std::string issuer;
    std::string subject;  // `sub`, perhaps pairwise: who it is for us is in Standing
    ClientId client;
    std::optional<TokenFamilyId> family;
    std::vector<std::string> audience;
    std::string scope;
    std::string acr;               // empty for a client's own
    std::vector<std::string> amr;  // empty for a client's own
    std::optional<Instant> auth_time;
    Instant issued;
    Instant expires;
    std::string jti;

    bool is_for(std::string_view resource) const;
    bool has_scope(std::string_view wanted) const;  // one scope-token
};
using AccessTokenPtr = std::shared_ptr<const AccessToken>;

// Why a token is not to be used. For logs and tests: a caller learns that it is not active and no more.
enum class Inactive {
    no,  // it is active
    malformed,
    not_an_access_token,  // typ
    not_ours,             // issuer, key or signature
    expired,
    not_yet,
    revoked,  // itself, its family, its session, its client, its user or the user's organization
};
std::string_view to_string(Inactive why);

struct FoundToken {
    Inactive why = Inactive::malformed;
    AccessTokenPtr token;  // null unless the signature was good
    std::shared_ptr<const storage::Standing>
        standing;  // set when active: user and session of the token's family

    bool is_active() const { return why == Inactive::no; }
};

// Of one event loop; no locks.
class AccessTokens {
public:
    AccessTokens(storage::Pool& app_pool, asio::thread_pool& threads, const Clock& clock, Metrics& metrics,
                 const ChangesHeard& changes_heard);

    // Signature, issuer, times and standing. An error only when keyd or PostgreSQL cannot be asked: answer 503.
    Async<Result<FoundToken, OAuthError>> find(keys::Keys& keys, RealmPtr realm, std::string token);
    // The same without standing: what it says although it was revoked or has expired.
    Async<Result<FoundToken, OAuthError>> read(keys::Keys& keys, RealmPtr realm, std::string token);

    // On this loop's thread. Kinds `revoked` and `client`; others are not ours.
    void invalidate(const storage::Invalidation& change);
    void invalidate_all();

private:
    struct DigestHash {
        std::size_t operator()(const Sha256& digest) const noexcept;
    };
    struct StandingKey {
        ProjectId project;
        Sha256 token;
        bool operator==(const StandingKey&) const = default;
    };
    struct StandingKeyHash {
        std::size_t operator()(const StandingKey& key) const noexcept { return DigestHash{}(key.token); }
    };
    // What was read and when the reading began: whatever is heard to have ended since is asked again.
    struct ReadStanding {
        storage::Standing standing;
        std::uint64_t notices;  // heard before it began
    };
    using ReadStandingPtr = std::shared_ptr<const ReadStanding>;

    struct Verified {
        AccessTokenPtr token;
        std::shared_ptr<const keys::Jwks> jwks;  // the keys it was verified against: others, another check
        std::list<Sha256>::iterator place;
    };
    struct ParsedKeys {
        std::shared_ptr<const keys::Jwks> jwks;
        std::vector<jose::Jwk> keys;
    };

    AccessTokenPtr find_verified(const Sha256& digest, const std::shared_ptr<const keys::Jwks>& jwks);
    void keep_verified(const Sha256& digest, const AccessTokenPtr& token,
                       const std::shared_ptr<const keys::Jwks>& jwks);
    const std::vector<jose::Jwk>& keys_of(KeyringId keyring, const std::shared_ptr<const keys::Jwks>& jwks);
    bool has_ended_since(const AccessToken& token, const ReadStanding& read) const;
    Async<Result<ReadStandingPtr, storage::StoreError>> standing_of(RealmPtr realm, Sha256 digest,
                                                                    AccessTokenPtr token);

    storage::Pool& app_pool_;
    asio::thread_pool& threads_;
    const Clock& clock_;
    std::list<Sha256> order_;  // least recently used first
    std::unordered_map<Sha256, Verified, DigestHash> verified_;
    std::unordered_map<KeyringId, ParsedKeys, IdHash<KeyringKind>> keys_;
    RecordCache<StandingKey, StandingKeyHash, ReadStandingPtr> standings_;
    std::uint64_t notices_ = 0;
    std::unordered_map<std::string, std::uint64_t>
        ended_;  // ids and jtis heard to have ended, and by which notice
};

// The tokens of this front, as an endpoint asks for them.
Async<Result<FoundToken, OAuthError>> find_access_token(Front& front, RealmPtr realm, std::string token);

}  // namespace tessera::oauth
