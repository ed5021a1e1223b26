// The front's view of keyd: JWT signing and the JWKS to serve. One Keys per event loop; no key material here.
#pragma once

#include <memory>
#include <string>
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
};

struct SignedToken {
    std::string jwt;
    std::string kid;
};

class Keys {
public:
    Keys(asio::io_context& loop, keyd::ClientOptions options);

    void start();
    void stop();
    bool is_connected() const;

    // `alg` as in JOSE ("ES256"); empty = the keyring's default. Errors as KeydError: `unavailable` is a 503.
    Async<Result<SignedToken, keyd::KeydError>> sign_jwt(KeyringId keyring, std::string typ, std::string alg,
                                                         json::object claims, std::string request_id);

    // From memory; asks keyd once per keyring and again after a change was pushed. Serves the last known set while keyd is
    // away. shared_ptr: a response may outlive the entry.
    Async<Result<std::shared_ptr<const Jwks>, keyd::KeydError>> jwks(KeyringId keyring);

    Async<Result<KeyringId, keyd::KeydError>> ensure_realm_keyring(std::string issuer, std::string shared_keyring);

    // Any other operation (console API, doctor).
    keyd::Client& client() { return *client_; }
    // The last health keyd told; nullptr before the first.
    const keyd::v1::Health* health() const;

private:
    std::unordered_map<std::string, std::shared_ptr<const Jwks>> jwks_;
    std::unique_ptr<keyd::v1::Health> health_;
    std::unique_ptr<keyd::Client> client_;
};

}  // namespace tessera::keys
