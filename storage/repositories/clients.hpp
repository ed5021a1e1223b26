// OAuth clients, their secrets, their keys and what they may ask for. Realm scope throughout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

struct ClientSettings {
    std::string display_name;
    std::string profile = "workload";  // daemon/oauth/profile
    // "client_secret_basic", "client_secret_post" or "private_key_jwt": exactly the one this client uses.
    std::string token_endpoint_auth_method = "client_secret_basic";
    // Registered algorithm of client assertions: "ES256", "RS256", "PS256", "EdDSA". private_key_jwt only.
    std::optional<std::string> token_endpoint_auth_signing_alg;
    // Public keys of private_key_jwt, a JWK Set (RFC 7517 §5) as registered.
    std::optional<std::string> jwks;
    std::optional<ResourceId> default_resource;
    // 0 = the project's.
    std::int32_t access_token_lifetime_s = 0;
    std::vector<std::string> grant_types = {"client_credentials"};
    // Assertion audience policy: "issuer" (default) or "issuer_or_endpoint".
    std::string assertion_audience = "issuer";
    // Algorithm its access tokens are signed with; empty = the keyring's default.
    std::optional<std::string> access_token_signing_alg;
};

// At most two live at once (constraint "client_secrets_two_at_once"), so that a secret rotates without an
// outage.
struct ClientSecret {
    ClientSecretId id;
    Sha256 digest;     // of the whole secret text
    std::string hint;  // its last four characters, for people
    Instant create_time;
    std::optional<Instant> expire_time;
};

// What a client may ask for at one resource.
struct ClientAccess {
    ResourceId resource;
    std::string resource_uri;
    std::vector<std::string> scopes;  // subset of the resource's, in code-point order
};

struct Client {
    ClientId id;
    ProjectId project;
    ClientSettings settings;
    bool disabled = false;
    Instant create_time;
    Instant update_time;
    std::int64_t revision = 1;
};

// Everything the token endpoint asks about a client, in one round trip.
struct ClientRecord {
    Client client;
    std::vector<ClientSecret> secrets;
    std::vector<ClientAccess> access;
};

Result<std::optional<ClientRecord>, StoreError> find_client(Transaction& transaction, ClientId id);
// Ordered by id; `after` nil = from the start.
Result<std::vector<Client>, StoreError> list_clients(Transaction& transaction, ClientId after,
                                                     std::size_t limit);
Result<Client, StoreError> insert_client(Transaction& transaction, ProjectId project, ClientId id,
                                         const ClientSettings& settings);
Result<std::optional<Client>, StoreError> update_client(Transaction& transaction, ClientId id,
                                                        const ClientSettings& settings,
                                                        std::int64_t expected_revision);
Result<bool, StoreError> set_client_disabled(Transaction& transaction, ClientId id, bool disabled);
Result<bool, StoreError> delete_client(Transaction& transaction, ClientId id);

Result<ClientSecret, StoreError> insert_client_secret(Transaction& transaction, ProjectId project,
                                                      ClientId client, ClientSecretId id,
                                                      const Sha256& digest, const std::string& hint,
                                                      std::optional<Instant> expire_time);
Result<bool, StoreError> delete_client_secret(Transaction& transaction, ClientId client, ClientSecretId id);

// Replaces what the client may ask for at one resource; no scopes at all removes the row. Reference error
// when a scope is not one of the resource's.
Result<void, StoreError> set_client_access(Transaction& transaction, ProjectId project, ClientId client,
                                           ResourceId resource, const std::vector<std::string>& scopes,
                                           bool granted);

}  // namespace tessera::storage
