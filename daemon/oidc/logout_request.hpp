// What a logout request asks for, checked: its client, and where the browser may go afterwards.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oidc/id_token_hint.hpp"
#include "daemon/realm.hpp"

namespace tessera::oidc {

struct LogoutRequest {
    std::optional<IdTokenHint> hint;  // a good one
    ClientRecordPtr client;           // of the hint, else the one named; null when neither
    std::string return_uri;           // registered by that client, with `state`; empty = stay here
    // As sent, for the form that asks.
    std::string client_id;
    std::string post_logout_redirect_uri;
    std::string state;
    std::string ui_locales;
};

// RP-Initiated Logout §2, §3. invalid_request, for a page: a parameter twice, an unknown client, a hint of another client than
// the one named, a redirect URI the client did not register. A hint that is none of ours counts as absent, and nobody is
// redirected on its word.
Async<Result<LogoutRequest, oauth::OAuthError>> read_logout_request(Front& front, RealmPtr realm,
                                                                    const http::Form& form);

}  // namespace tessera::oidc
