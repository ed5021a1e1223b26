// The console API, as the console's Unix socket calls it.
#pragma once

#include "base/async.hpp"
#include "daemon/front.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

namespace tessera::api::console {

// `request.peer.uid` says who asks. The request and the front outlive the coroutine; runs on the front's loop.
Async<http::Response> dispatch(Front& front, const http::Request& request);

}  // namespace tessera::api::console
