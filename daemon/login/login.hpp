// Hosted sign-in as the protocols see it. This room knows no OAuth: whoever needs a person asks here and is given an
// authentication, or a page to send the browser to that comes back to the path asked for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/id.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "storage/error.hpp"

namespace tessera::login {

// A person who proved who they are in this browser, and how. What `acr` and `amr` say really happened.
struct Authentication {
    SessionId session;
    UserId user;
    OrganizationId organization;
    Instant auth_time;
    std::string acr;               // acr.hpp
    std::vector<std::string> amr;  // RFC 8176 values, in the order they were used
    bool lacks_second_factor;      // the organization requires one by now, and one may be set up
};

// What the caller needs of the person.
struct Wanted {
    std::string return_path;  // below the realm's own path, "/authorize/resume?request=…"; never from outside
    std::optional<UserId> user{};    // nobody else will do (id_token_hint)
    std::optional<Instant> since{};  // an authentication before this will not do (prompt=login, max_age)
    std::string acr{};               // at least this; empty: whatever the organization asks for
    std::string redirect_target{};   // absolute URL the caller will send the browser to in the end
    std::string login_hint{};        // shown, never believed
    std::string client_name{};       // who asks, for the pages; empty: we ourselves
    std::string ui_locales{};        // OpenID Connect Core §3.1.2.1, as sent
    enum class Page { sign_in, sign_up, select_account, enrol_authenticator } page = Page::sign_in;
};

using Session = Result<std::optional<Authentication>, storage::StoreError>;

// The session of the browser's cookie when it is alive (not expired, not idle for too long, not revoked, its user, organization
// and project not switched off); counts as activity. Nothing otherwise.
Async<Session> current_session(Front& front, const http::Request& request, RealmPtr realm);

// True when `authentication` satisfies what is wanted and what its organization requires by now.
bool satisfies(const Authentication& authentication, const Wanted& wanted);

// Starts a flow bound to this browser and answers 303 to its first page. When the flow is finished the browser is sent to
// `wanted.return_path`; when its person gives up, there too: the caller finds that current_session still does not satisfy.
Async<Result<http::Response, storage::StoreError>> begin(Front& front, const http::Request& request,
                                                         RealmPtr realm, Wanted wanted);

// Ends the browser's session: revoked, with everything bound to it (docs/reference/revocation.md), and its cookie taken away.
Async<Result<void, storage::StoreError>> end_session(Front& front, const http::Request& request,
                                                     RealmPtr realm, SessionId session,
                                                     http::Response& response);

// A random secret of 32 bytes that names this browser while it is at work in this realm ("__Host-tessera_browser_<slug>"):
// what a request begun in one browser is bound to. Made and set on `response` when the request has none.
Bytes browser_secret(const http::Request& request, const Realm& realm, http::Response& response);
// The SHA-256 of the cookie's secret; nothing when the request has none or it is malformed.
std::optional<Sha256> browser_digest(const http::Request& request, const Realm& realm);

}  // namespace tessera::login
