// Front-channel logout (OpenID Connect Front-Channel Logout §2, §3): URLs for the hidden frames of the signed-out page.
// Browsers give such a frame no cookies of its site any more: whoever must hear of a logout registers for the back channel.
#pragma once

#include <string>
#include <vector>

#include "base/id.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::oidc {

// The client's frontchannel_logout_uri with iss and sid, always both. It has one.
std::string frontchannel_logout_url(const Realm& realm, const storage::Client& client, SessionId session);

// `uri` with one more parameter, before a fragment there cannot be.
std::string with_parameter(const std::string& uri, std::string_view name, std::string_view value);

}  // namespace tessera::oidc
