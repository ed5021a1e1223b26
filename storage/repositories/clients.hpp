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
    // "client_secret_basic", "client_secret_post", "private_key_jwt" or "none": exactly the one this client uses.
    std::string token_endpoint_auth_method = "client_secret_basic";
    // Registered algorithm of client assertions: "ES256", "RS256", "PS256", "EdDSA". private_key_jwt only.
    std::optional<std::string> token_endpoint_auth_signing_alg;
    // Public keys of private_key_jwt, a JWK Set (RFC 7517 §5) as registered; never both.
    std::optional<std::string> jwks;
    std::optional<std::string> jwks_uri;
    std::optional<ResourceId> default_resource;
    // 0 = the project's.
    std::int32_t access_token_lifetime_s = 0;
    std::vector<std::string> grant_types = {"client_credentials"};
    // Assertion audience policy: "issuer" (default) or "issuer_or_endpoint".
    std::string assertion_audience = "issuer";
    // Algorithm its access tokens are signed with; empty = the keyring's default.
    std::optional<std::string> access_token_signing_alg;

    // Where its users are sent to and what they may be asked for.
    std::string application_type = "web";    // "web", "native" or "browser"
    std::vector<std::string> redirect_uris;  // compared as text (RFC 9700 §4.1.3)
    std::vector<std::string> post_logout_redirect_uris;
    // Scopes that are no resource's: those of OpenID Connect.
    std::vector<std::string> scopes = {"openid", "profile", "email", "address", "phone", "offline_access"};
    bool trusted = true;                 // vouched for by an operator; a client that registered itself is not
    bool skip_consent = false;           // first party: its user is never asked
    bool introspection_allowed = false;  // of tokens of any audience of the realm

    // OpenID Connect Registration §2.
    std::string subject_type = "public";  // or "pairwise"
    std::optional<std::string> sector_identifier_uri;
    std::optional<std::string> id_token_signed_response_alg;  // empty = the keyring's default
    std::optional<std::string> userinfo_signed_response_alg;  // empty = not signed
    std::optional<std::string>
        introspection_signed_response_alg;  // RFC 9701 §6; empty = the keyring's default
    std::optional<std::int32_t> default_max_age_s;
    bool require_auth_time = false;
    std::optional<std::string> initiate_login_uri;
    std::optional<std::string> frontchannel_logout_uri;
    std::optional<std::string> backchannel_logout_uri;

    // Shown to people (RFC 7591 §2).
    std::optional<std::string> client_uri;
    std::optional<std::string> logo_uri;
    std::optional<std::string> policy_uri;
    std::optional<std::string> tos_uri;
    std::vector<std::string> contacts;
    std::optional<std::string> software_id;
    std::optional<std::string> software_version;

    bool operator==(const ClientSettings&) const = default;
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
    // SHA-256 of the registration access token (RFC 7592 §1.1); only a client that registered itself has one.
    std::optional<Sha256> registration_token_digest;
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
// Replaces the registration access token; empty takes it away. False when there is no such client.
Result<bool, StoreError> set_client_registration_token(Transaction& transaction, ClientId id,
                                                       const std::optional<Sha256>& digest);
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
