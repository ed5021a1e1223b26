// Codes sent by mail to whoever signs in. Realm scope.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/id.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

enum class EmailCodePurpose { verify, reset };

struct EmailCode {
    std::string email;  // what the code proves, and nothing else
    Sha256 code_digest{};
    Sha256 link_digest{};
    Instant create_time;
    Instant expire_time;
};

// The flow's code from now on; one sent before no longer works.
Result<void, StoreError> put_email_code(Transaction& transaction, ProjectId project, LoginFlowId flow,
                                        EmailCodePurpose purpose, const EmailCode& code);

enum class CodeVerdict {
    right,      // used up by this call
    wrong,      // counted
    gone,       // none was sent, it expired, or it was used
    exhausted,  // wrong too often
};

// Judges the digits or the link's secret in one statement: the attempt is counted whatever it is, and of several who show the
// right one exactly one is told so. A code that was sent to another address than `email` is none.
Result<CodeVerdict, StoreError> consume_email_code(Transaction& transaction, LoginFlowId flow,
                                                   EmailCodePurpose purpose, const std::string& email,
                                                   const Sha256& digest, std::int32_t attempts_max,
                                                   Instant now);
// Whatever was sent to whoever this flow was about proves nothing any more.
Result<void, StoreError> delete_email_codes(Transaction& transaction, LoginFlowId flow);

}  // namespace tessera::storage
