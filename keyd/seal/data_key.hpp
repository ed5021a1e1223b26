// What is kept of a data key, and its row.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/uuid.hpp"
#include "keyd/keyring/database.hpp"

namespace tessera::keyd {

struct DataKeyRecord {
    Uuid id;
    Uuid project;
    std::string wrapping_key;  // CKA_ID
    Bytes wrapped;             // AES-256-GCM by the token, bound to id and project
    Bytes backup;              // RSA-OAEP with SHA-256 under the backup key; empty when there is none
    Instant created;
    std::int64_t generation = 1;
    bool is_current = true;  // the one Seal uses
};

Row to_row(const DataKeyRecord& key);
DataKeyRecord read_data_key(const Row& row);

// What the wrapping is bound to: a wrapped key put into another row does not unwrap.
Bytes wrapping_context(const DataKeyRecord& key);

}  // namespace tessera::keyd
