// Where else than on our own pages a passkey of ours may be used.
#pragma once

#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

namespace tessera::login {

// GET /.well-known/webauthn: {"origins": ["https://app.example.com", …]}, the trusted domains of every project that has passkeys
// (WebAuthn Level 3 §5.11). All realms are one relying party to a browser; which realm trusts which origin is decided when a
// passkey is verified, by relying_party_of. `realm` is not set.
Async<http::Response> related_origins(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::login
