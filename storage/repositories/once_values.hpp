// Once-only values consumed inside a request's own transaction; where there is none, the audit batch does it (audit_events.hpp).
#pragma once

#include "storage/repositories/audit_events.hpp"
#include "storage/transaction.hpp"

namespace tessera::storage {

// False when it had been used before.
Result<bool, StoreError> consume_once_value(Transaction& transaction, const OnceValue& value);

}  // namespace tessera::storage
