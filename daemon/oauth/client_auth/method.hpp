// What the files of this room share: the shape of a method, and the checks every method makes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/oauth/client_auth/authenticate.hpp"

namespace tessera::oauth {

// Why a client is not believed: for the trail, never sent.
struct Disbelief {
    std::string reason;
    std::string claimed_client;
    std::optional<OAuthError>
        error;  // instead of invalid_client: the store is away, the request is malformed
};

using Believed = Result<AuthenticatedClient, Disbelief>;

struct Method {
    std::string_view name;
    // True when the request carries this mechanism's credentials, well-formed or not.
    bool (*is_presented)(const Presented& presented);
    Async<Believed> (*authenticate)(const Presented& presented);
    Challenge challenge;
};

// The client of that id when it exists, is enabled and registered for `method`; null otherwise. The caller goes on with the
// same work against a decoy, so that the time taken does not tell which.
struct ClientLookup {
    ClientRecordPtr record;
    std::string reason;  // why there is none
};
Async<Result<ClientLookup, OAuthError>> look_up_client(const Presented& presented, std::string client_id,
                                                       std::string_view method);

// RFC 6749 §2.3.1 with a 256-bit random secret: one SHA-256 and a constant-time comparison per place, whoever asks.
bool is_secret_of(const storage::ClientRecord* record, std::string_view secret, Instant now);

// client_secret_basic and client_secret_post after their parsing.
Async<Believed> authenticate_by_secret(const Presented& presented, std::string client_id, std::string secret,
                                       std::string_view method);

namespace client_auth {
extern const Method basic;
extern const Method post;
extern const Method private_key_jwt;
extern const Method none;
}  // namespace client_auth

// In the order metadata lists them.
std::span<const Method* const> client_auth_methods();

}  // namespace tessera::oauth
