// Dynamic client registration (RFC 7591) and its management (RFC 7592). Off unless the project's registration_policy says
// otherwise: then the endpoint does not exist.
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// POST <issuer>/register. With policy `token` an initial access token is needed and used; with `open` anybody may, within the
// bounds of ADR 0102.
Async<http::Response> register_client(Front& front, const http::Request& request, RealmPtr realm);

// GET, PUT and DELETE <issuer>/register?client_id=… with the registration access token. A wrong token and an unknown client are
// one answer (RFC 7592 §2.1).
Async<http::Response> read_registration(Front& front, const http::Request& request, RealmPtr realm);
Async<http::Response> update_registration(Front& front, const http::Request& request, RealmPtr realm);
Async<http::Response> delete_registration(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
