// One line of keyd's journal as bytes, for the hash chain.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "keyd/keyring/database.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd {

// SHA-256 over the previous entry's hash and every field of this one but its hash. The first entry follows 32 zero bytes.
Sha256 entry_hash(const Sha256& previous, const v1::JournalEntry& entry);

// `text` as the journal keeps it: at most `bytes_max` bytes of UTF-8 on one line. Backslashes, control characters, bytes that are no
// UTF-8 and characters that reorder or hide what stands next to them become \xNN for each byte; what is too long ends in "...".
std::string journal_text(std::string_view text, std::size_t bytes_max);

// A row of the table `journal`: nullopt when a column has the wrong type.
std::optional<v1::JournalEntry> read_entry(const Row& row);

}  // namespace tessera::keyd
