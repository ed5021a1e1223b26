// One line of keyd's journal as bytes, for the hash chain.
#pragma once

#include <optional>

#include "base/digest.hpp"
#include "keyd/keyring/database.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

// SHA-256 over the previous entry's hash and every field of this one but its hash. The first entry follows 32 zero bytes.
Sha256 entry_hash(const Sha256& previous, const v1::JournalEntry& entry);

// A row of the table `journal`: nullopt when a column has the wrong type.
std::optional<v1::JournalEntry> read_entry(const Row& row);

}  // namespace tessera::keyd
