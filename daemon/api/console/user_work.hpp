// What the handlers of users share.
#pragma once

#include <string>

#include "daemon/api/call.hpp"
#include "storage/repositories/users.hpp"
#include "storage/transaction.hpp"

namespace tessera::api::console {

Result<storage::User, ApiError> load_user(storage::Transaction& transaction, const std::string& id);

audit::Event user_event(const Call& call, audit::EventType type, UserId user, json::object body);

}  // namespace tessera::api::console
