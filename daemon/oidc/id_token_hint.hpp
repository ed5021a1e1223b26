// An ID token shown back to us (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2): who it was about, never who is asking.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/realm.hpp"

namespace tessera::oidc {

struct IdTokenHint {
    std::string subject;  // perhaps pairwise
    ClientId client;      // its audience
    std::string sid;      // as its client knows the session (subject.hpp)
};

// Nothing unless it is an ID token of this realm's issuer that a key of ours signed. An expired one will do: whoever signs out
// after a while has no other.
Async<Result<std::optional<IdTokenHint>, oauth::OAuthError>> read_id_token_hint(Front& front, RealmPtr realm,
                                                                                std::string_view text);

}  // namespace tessera::oidc
