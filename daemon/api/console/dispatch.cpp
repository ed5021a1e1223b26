#include "daemon/api/console/dispatch.hpp"

#include "daemon/api/console/console_handlers.hpp"
#include "daemon/api/dispatch.hpp"

namespace tessera::api::console {

Async<http::Response> dispatch(Front& front, const http::Request& request)
{
    return api::dispatch(front, request, routes());
}

}  // namespace tessera::api::console
