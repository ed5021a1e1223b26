// What a statement can fail with, for the layers above.
#pragma once

#include <string>

namespace tessera::storage {

enum class StoreFault {
    unavailable,  // no connection, the server is going down, disk full, pool exhausted: answer 503
    timeout,      // statement or wait limit reached: answer 503
    conflict,     // a unique or exclusion constraint; `constraint` names it
    reference,    // a foreign key: what is referred to does not exist in this realm, or is still referred to
    invalid,      // a check constraint or a value PostgreSQL does not take (NUL, out of range)
    bug,          // anything else: a statement of ours is wrong
};

struct StoreError {
    StoreFault fault;
    std::string constraint;  // its name in schema.sql, for conflict, reference and invalid
    std::string detail;      // for the log only
};

}  // namespace tessera::storage
