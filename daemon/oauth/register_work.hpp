// What registering and managing a registration have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::oauth {

struct RegistrationRefusal {
    OAuthError error;
    int status = 0;  // instead of the code's own
};

RegistrationRefusal from_registration_store(const storage::StoreError& error);
// One answer for no token, a wrong one and an unknown client (RFC 7592 §2.1).
RegistrationRefusal unauthorized_registration(std::string detail);

// The token of an Authorization header (RFC 6750 §2.1).
std::optional<std::string> bearer_token_of(const http::Request& request);

Result<json::object, RegistrationRefusal> read_registration_body(const http::Request& request);
// The metadata, and its sector identifier document fetched and checked: so many of them for each network address and hour.
Async<Result<storage::ClientSettings, RegistrationRefusal>>
read_registration_settings(Front& front, const http::Request& request, RealmPtr realm,
                           const json::object& body);

struct RegistrationCredentials {
    std::string secret;              // empty for a client without one, and when it is not told again
    std::string registration_token;  // told, kept as its digest
};
bool has_client_secret(const storage::ClientSettings& settings);

// RFC 7591 §3.2.1, RFC 7592 §3.
http::Response registration_answer(const Realm& realm, const storage::Client& client,
                                   const RegistrationCredentials& credentials, int status);

Result<void, storage::StoreError> record_registration(storage::Transaction& transaction,
                                                      const http::Request& request, const Realm& realm,
                                                      audit::EventType type, ClientId client,
                                                      json::object body, Instant now);

http::Response settle_registration(const http::Request& request, const Realm& realm,
                                   Result<http::Response, RegistrationRefusal> answered);

}  // namespace tessera::oauth
