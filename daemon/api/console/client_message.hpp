// storage::Client ⇄ the message of the console API.
#pragma once

#include <string>

#include "base/result.hpp"
#include "daemon/api/console/console.pb.h"
#include "daemon/api/error.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::api::console {

tessera::console::v1::Client to_message(const storage::Client& client);
tessera::console::v1::Client to_message(const storage::ClientRecord& record);
void to_message(const storage::ClientSecret& secret, tessera::console::v1::ClientSecret& out);

// The settings a message asks for, checked against the client's profile; members left empty take their defaults. The default
// resource is resolved by the caller, in its transaction.
Result<storage::ClientSettings, ApiError> to_settings(const tessera::console::v1::Client& message);

// Members as a new client has them.
tessera::console::v1::Client default_client();

// A JWK Set of public keys only (RFC 7517 §5). Tells how many.
Result<std::vector<std::string>, ApiError> check_jwks(const std::string& jwks);

}  // namespace tessera::api::console
