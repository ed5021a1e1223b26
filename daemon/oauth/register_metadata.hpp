// Client metadata (RFC 7591 §2, OpenID Connect Registration §2) as a client that registers itself may have it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"
#include "daemon/oauth/error.hpp"
#include "storage/repositories/clients.hpp"

namespace tessera::oauth {

// Read, bounded and judged; what is absent has its default, members nobody knows are ignored. What is asked for and not to be
// had is left out where the answer shows that (a grant type, a scope) and refused where leaving it out would be worse than saying
// no (encryption, an authentication method). Never without consent, trusted only by the initial access token, never a grant without a person: RG-04.
// invalid_redirect_uri, invalid_client_metadata. The sector identifier document is not read here.
Result<storage::ClientSettings, OAuthError> read_client_metadata(const json::object& metadata);

// The profile a client that registers itself has: "mcp_public" without a secret or key, else "web_confidential".
inline std::string_view profile_of_method(std::string_view method)
{
    return method == "none" ? "mcp_public" : "web_confidential";
}

// Everything registered, as it was changed by us (RFC 7591 §3.2.1), without ids and secrets.
json::object render_client_metadata(const storage::ClientSettings& settings);

// OpenID Connect Registration §5: the document is a JSON array that has every redirect URI.
Result<void, OAuthError> check_sector_document(std::string_view document,
                                               const std::vector<std::string>& redirect_uris);

}  // namespace tessera::oauth
