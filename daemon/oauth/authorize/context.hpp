// What the steps of an authorization request share (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/login/login.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/oauth/profile.hpp"
#include "daemon/oidc/claims_parameter.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/authorization_requests.hpp"
#include "storage/repositories/grants.hpp"

namespace tessera::oauth {

// `authorize`: a client sent the browser. `resume`: its person comes back from our own pages.
enum class Entry { authorize, resume };

// One request on its way through the steps; lives in the endpoint's frame.
struct AuthorizeContext {
    Front& front;
    const http::Request& http;
    RealmPtr realm;
    Entry entry;
    Instant now;
    http::Form form{};  // of the query; empty when resumed
    ClientRecordPtr client{};
    const Profile* profile = nullptr;
    // What was validated so far. Its client and redirect_uri are set only when they are good: an error may go there then.
    storage::AuthorizationRequest request{};
    oidc::ClaimsRequest claims{};
    std::optional<login::Authentication> session{};  // that satisfies the request
    std::optional<GrantId> grant{};                  // what the person allowed, when it is remembered
    http::Response cookies{};                        // Set-Cookie for whatever is answered
    enum class Stored { no, yes } stored = Stored::no;

    const storage::ClientSettings& settings() const { return client->client.settings; }
    std::string path() const { return "/realms/" + realm->project.slug; }
    bool has_prompt(std::string_view value) const;
};

// Where the person learns of a refusal. `page`: here, with nothing sent to the client. `by_rule`: the client is told, unless it or
// its redirect_uri is unknown, or it is not to be trusted with an unattended redirect (RFC 9700 §4.11.2).
enum class Tell { page, by_rule };

struct AuthorizeRefusal {
    OAuthError error;
    Tell tell = Tell::by_rule;
};

// An answer, or nothing: the next step goes on.
using Outcome = Result<std::optional<http::Response>, AuthorizeRefusal>;
inline Outcome go_on() { return std::optional<http::Response>{}; }

AuthorizeRefusal malformed(std::string_view description, std::string detail, Tell tell = Tell::by_rule);

struct Step {
    std::string_view name;
    enum class Runs { authorize, resume, both } runs;
    Async<Outcome> (*run)(AuthorizeContext& context);
};

// In order, each in the file of its name; steps.cpp has the table.
Async<Outcome> read_parameters(AuthorizeContext& context);
Async<Outcome> find_client(AuthorizeContext& context);
Async<Outcome> check_redirect_uri(AuthorizeContext& context);
Async<Outcome> check_parameters(AuthorizeContext& context);
Async<Outcome> check_request_object(AuthorizeContext& context);
Async<Outcome> check_response_type(AuthorizeContext& context);
Async<Outcome> check_pkce(AuthorizeContext& context);
Async<Outcome> check_scope(AuthorizeContext& context);
Async<Outcome> check_prompt(AuthorizeContext& context);
Async<Outcome> check_claims(AuthorizeContext& context);
Async<Outcome> check_id_token_hint(AuthorizeContext& context);
Async<Outcome> load_request(AuthorizeContext& context);
Async<Outcome> authenticate_person(AuthorizeContext& context);
Async<Outcome> ask_consent(AuthorizeContext& context);
Async<Outcome> respond(AuthorizeContext& context);

// Walks the table.
Async<Outcome> run_steps(AuthorizeContext& context);

// Its id, and the browser it is bound to: before it is stored, for who points at it.
void name_request(AuthorizeContext& context);
// The request waits for its person in this browser: stored once, found again by its id and the browser's cookie.
Async<Result<void, AuthorizeRefusal>> store_request(AuthorizeContext& context);
// The request of `id` in this browser, with its client as it is now. A page for one that is unknown, another browser's, expired or
// answered.
Async<Result<void, AuthorizeRefusal>> load_stored_request(AuthorizeContext& context, std::string_view id);

// What is wanted of the person, from the request.
login::Wanted wanted_of(const AuthorizeContext& context);

// What the person has to allow: the scopes, those the claims asked for belong to, and at which resource.
Async<Result<std::vector<storage::GrantedScope>, AuthorizeRefusal>>
scopes_to_allow(AuthorizeContext& context);

}  // namespace tessera::oauth
