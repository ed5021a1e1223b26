// Records as rows of the store, and back. A row that was authenticated has the shape it was written with: anything else is a bug.
#pragma once

#include "keyd/keyring/database.hpp"
#include "keyd/keyring/records.hpp"

namespace tessera::keyd {

Row to_row(const KeyringRecord& keyring);
Row to_row(const KeyRecord& key);
Row to_row(const IssuerRecord& issuer);
Row to_row(const IntentRecord& intent);

KeyringRecord read_keyring(const Row& row);
KeyRecord read_key(const Row& row);
IssuerRecord read_issuer(const Row& row);
IntentRecord read_intent(const Row& row);

// The key of an issuer's row.
std::string issuer_key(std::string_view purpose, std::string_view issuer);

}  // namespace tessera::keyd
