// The files every page needs: one style sheet and two scripts, compiled in and named by their content.
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/realm.hpp"

namespace tessera::page {

// GET <realm>/assets/<name>?v=<hash of the content>: kept for a year. With another hash (a page of a front of another version,
// during an update) or none, the same content, asked for again each time.
http::Response serve_asset(const http::Request& request);
Async<http::Response> assets(Front& front, const http::Request& request, RealmPtr realm);

}  // namespace tessera::page
