// Whom a client is told about: OpenID Connect Core §8.
#pragma once

#include <string>

#include "base/id.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::oidc {

// The user's id, or for a client registered for pairwise subjects what only the clients of its sector know the person by: the same
// for ever, and not to be turned back into the id.
std::string subject_of(const Realm& realm, const storage::Client& client, UserId user);

// The `sid` of a session (Front-Channel Logout §3): its id, or for a client with pairwise subjects what only its sector knows the
// session by. With one `sid` for all they could tell each other whom they have in common.
std::string sid_of(const Realm& realm, const storage::Client& client, SessionId session);

// §8.1: the host of sector_identifier_uri, else of the first redirect URI (registration lets a pairwise client without a sector
// have one host only).
std::string sector_of(const storage::Client& client);

}  // namespace tessera::oidc
