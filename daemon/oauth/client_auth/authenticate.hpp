// Client authentication (RFC 6749 §2.3, RFC 7523 §2.2): who is asking, by exactly the method registered for that client.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/front.hpp"
#include "daemon/http/form.hpp"
#include "daemon/http/request.hpp"
#include "daemon/oauth/error.hpp"
#include "daemon/realm.hpp"
#include "storage/repositories/audit_events.hpp"

namespace tessera::oauth {

// What a method looks at. Borrowed from the endpoint's frame.
struct Presented {
    Front& front;
    const http::Request& request;
    const http::Form& form;
    RealmPtr realm;
    Instant now;
};

struct AuthenticatedClient {
    ClientRecordPtr record;
    std::string_view method;
    // Consumed in the same statement as the event of the outcome; a replay is then no authentication.
    std::optional<storage::OnceValue> once;
};

// A failed attempt; `claimed_client` is what the caller said it was, for the trail only.
struct ClientAuthFailure {
    OAuthError error;
    std::string claimed_client;
    std::string_view method;
};

// Refuses more than one mechanism in one request (invalid_request), a mechanism other than the registered one, and a body
// client_id of somebody else. Every other failure gets one and the same public answer; `detail` says which check it was.
Async<Result<AuthenticatedClient, ClientAuthFailure>> authenticate_client(const Presented& presented);

// The client_id the request names, unverified, for the trail.
std::string claimed_client_of(const Presented& presented);

}  // namespace tessera::oauth
