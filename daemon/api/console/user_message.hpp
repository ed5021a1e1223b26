// storage::User ⇄ the message of the console API.
#pragma once

#include "base/result.hpp"
#include "daemon/api/console/console.pb.h"
#include "daemon/api/error.hpp"
#include "storage/repositories/users.hpp"

namespace tessera::api::console {

tessera::console::v1::User to_message(const storage::User& user);

// The settings a message asks for, the address with its domain in lower case; invalid_argument names the member.
Result<storage::UserSettings, ApiError> to_settings(const tessera::console::v1::User& message);

}  // namespace tessera::api::console
