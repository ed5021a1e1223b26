// Finds and calls the route of a JSON API, by a generated table.
#pragma once

#include <optional>
#include <span>

#include "daemon/api/call.hpp"

namespace tessera::api {

// The values of a template's {names} when `path` fits it.
std::optional<PathValues> match_path(std::string_view path_template, std::string_view path);

// Policy before anything else, then the handler, then one audit event when a write or the policy refused. A refusal that
// cannot be recorded is answered 503, as a success would be. JSON 404 and 405 for what is not in the table.
Async<http::Response> dispatch(Front& front, const http::Request& request, std::span<const ApiRoute> routes);

}  // namespace tessera::api
