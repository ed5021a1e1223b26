// Small secrets for the database: sealed and opened by keyd, bound to the project and the place they are stored.
#pragma once

#include <string>

#include "base/async.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "daemon/keys/keys.hpp"

namespace tessera::keys {

// `context` is "table.column:row" (keyd.proto, Seal); opening must repeat it. Errors as keyd's: `unavailable` is a 503.
Async<Result<Bytes, keyd::KeydError>> seal(Keys& keys, ProjectId project, std::string context,
                                           SecretBytes plaintext, std::string request_id);
Async<Result<SecretBytes, keyd::KeydError>> open(Keys& keys, ProjectId project, std::string context,
                                                 Bytes envelope, std::string request_id);

}  // namespace tessera::keys
