// The public surface on one page: routes.cpp has the table.
#pragma once

#include <span>
#include <string_view>

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/cors.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

namespace tessera {

using http::Cors;  // docs/spec-map.md F.3

struct Route {
    http::Method method;
    std::string_view path;  // literal, with "{slug}" where the realm is
    // `realm` is set where the path names one. The request and the front outlive the coroutine.
    Async<http::Response> (*handle)(Front& front, const http::Request& request, RealmPtr realm);
    std::size_t body_bytes_max;
    Cors cors;
};

std::span<const Route> routes();

// How much of a body the session may read for this request, by its route; 0 for an unknown path. Asked before any of the
// body is read; a longer one is a 413.
std::size_t body_bytes_max(const http::Request& head);

// Finds and calls the route: JSON 404 for an unknown path or realm, 405 with Allow for a known path with another method,
// HEAD as GET without a body, OPTIONS by the route's CORS row, 503 with Retry-After when the realm cannot be looked up.
Async<http::Response> dispatch(Front& front, const http::Request& request);

}  // namespace tessera
