// The front's view of keyd: JWT signing and the JWKS to serve. One Keys per event loop; no key material here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/async.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "keyd/client/client.hpp"

namespace tessera::keys {

// A JWK Set ready to serve.
struct Jwks {
    std::string body;
    std::string etag;  // quoted strong validator
    int max_age_s = 300;
    std::vector<std::string> algorithms;  // of the keyring, its default first: "ES256"
};

struct SignedToken {
    std::string jwt;
    std::string kid;
};

// "operational", "degraded", "sealed" or "unavailable".
std::string_view service_state_name(keyd::v1::ServiceState state);

class Keys {
public:
    // Called on the loop's thread for every change, after the cache follows it: those keyd pushes, and those found
    // by asking again after a reconnection. Every loop of every front hears of the same change: who records it makes it
    // once by (keyring, revision).
    using Changed = std::function<void(const keyd::v1::KeyringChanged&)>;

    Keys(asio::io_context& loop, keyd::ClientOptions options, Changed changed = {});
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    void start();
    void stop();
    bool is_connected() const;

    // `alg` as in JOSE ("ES256"); empty = the keyring's default. Errors as KeydError: `unavailable` is a 503.
    Async<Result<SignedToken, keyd::KeydError>> sign_jwt(KeyringId keyring, std::string typ, std::string alg,
                                                         json::object claims, std::string request_id);

    // From memory; asks keyd once per keyring and again after a change was pushed. Serves the last known set while keyd is
    // away. shared_ptr: a response may outlive the entry.
    Async<Result<std::shared_ptr<const Jwks>, keyd::KeydError>> jwks(KeyringId keyring);

    Async<Result<KeyringId, keyd::KeydError>> ensure_realm_keyring(std::string issuer,
                                                                   std::string shared_keyring);

    // Any other operation (console API, doctor).
    keyd::Client& client() { return *client_; }
    // The last health keyd told; nullptr before the first.
    const keyd::v1::Health* health() const { return health_.get(); }

private:
    struct Entry {
        std::shared_ptr<const Jwks> jwks;
        std::uint64_t revision = 0;
        bool fresh = false;  // false after a reconnection: ask again before believing it
    };

    void follow(const keyd::v1::KeyringChanged& change);
    void forget_freshness();
    // Every keyring in memory that is not fresh, for as long as this connection lasts.
    Async<void> ask_again();
    std::shared_ptr<const Jwks> keep(const keyd::v1::KeyringView& view);

    asio::io_context& loop_;
    Changed changed_;
    std::unordered_map<KeyringId, Entry, IdHash<KeyringKind>> entries_;
    std::uint64_t connections_ = 0;  // answers of an earlier connection are not kept as fresh
    std::unique_ptr<keyd::v1::Health> health_;
    std::unique_ptr<keyd::Client> client_;
};

}  // namespace tessera::keys
