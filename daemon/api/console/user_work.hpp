// What the handlers of users share.
#pragma once

#include <string>

#include "daemon/api/call.hpp"
#include "daemon/mail/message.hpp"
#include "storage/repositories/projects.hpp"
#include "storage/repositories/users.hpp"
#include "storage/transaction.hpp"

namespace tessera::api::console {

Result<storage::User, ApiError> load_user(storage::Transaction& transaction, const std::string& id);

audit::Event user_event(const Call& call, audit::EventType type, UserId user, json::object body);

// A mail in the project's language, written before the transaction that sends it (storage::insert_mail), because keyd seals what
// it says.
Async<Result<storage::NewMail, ApiError>> write_mail(Call& call, const storage::Project& project,
                                                     mail::Message message);

}  // namespace tessera::api::console
