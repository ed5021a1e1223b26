// The mails of a sign-in: written before the transaction that sends them, because keyd seals what they say.
#pragma once

#include "daemon/login/visit.hpp"
#include "daemon/mail/message.hpp"

namespace tessera::login {

using mail::Kind;
using MailValues = std::vector<std::pair<std::string, std::string>>;

Async<Result<storage::NewMail, LoginError>> write_mail(Visit& visit, Kind kind, std::string recipient,
                                                       MailValues values);
// In the transaction of what the mail tells of.
Result<void, storage::StoreError> send(storage::Transaction& transaction, const Visit& visit,
                                       const storage::NewMail& mail);

}  // namespace tessera::login
