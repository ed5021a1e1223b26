// What a realm tells about itself: RFC 8414 metadata, OpenID Connect discovery, the JWK Set.
#pragma once

#include <string>

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::oauth {

// The document of an issuer: only what works, no empty arrays, no null. A pure function of the issuer: the same bytes at
// all four well-known places.
std::string metadata_document(const std::string& issuer);

// GET at any of the four places (docs/spec-map.md A.6). Needs neither keyd nor PostgreSQL.
Async<http::Response> metadata(Front& front, const http::Request& request, RealmPtr realm);

// GET <issuer>/jwks. From memory; 503 only when keyd has never answered for this keyring.
Async<http::Response> jwks(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::oauth
