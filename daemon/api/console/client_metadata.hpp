// What a client registered about itself: where its users go, what it shows, how it is told of a logout.
#pragma once

#include "daemon/api/console/console.pb.h"
#include "daemon/api/console/validate.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::api::console {

void metadata_to_message(const storage::ClientSettings& settings, tessera::console::v1::Client& out);

// As sent; an absent scope list stays the one of `out`.
void metadata_to_settings(const tessera::console::v1::Client& message, storage::ClientSettings& out);

// OpenID Connect Registration §2, RFC 7591 §2; invalid_argument names the member.
Checked check_metadata(const storage::ClientSettings& settings);

}  // namespace tessera::api::console
