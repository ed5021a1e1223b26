// Who may read an answer from a web page of another origin (docs/spec-map.md F.3; Fetch standard §3.2). Never with credentials.
#pragma once

#include <string_view>

#include "daemon/http/response.hpp"

namespace tessera::http {

enum class Cors { none, any_get, any_post };

// On every response of the path, errors too: a page must be able to read why it was refused.
void add_origin(Response& response, Cors cors);
// The answer to a preflight. `methods` as in Allow.
void add_preflight(Response& response, Cors cors, std::string_view methods);

}  // namespace tessera::http
