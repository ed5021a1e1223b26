// One call of a JSON API on its way from the route table to its handler.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/async.hpp"
#include "base/result.hpp"
#include "daemon/api/error.hpp"
#include "daemon/api/json.hpp"
#include "daemon/api/policy.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/front.hpp"

namespace tessera::api {

struct Call;

// A row of a generated table.
struct ApiRoute {
    std::string_view name;  // "CreateProject"
    http::Method method;
    std::string_view path;  // "/v1/projects/{project}"
    std::string_view body;  // "*", a member's name, or empty
    Resource resource;
    Verb verb;
    // The answer as JSON.
    Async<Result<std::string, ApiError>> (*invoke)(Call& call);
};

// Lives in the dispatcher's frame until the handler is done. Handlers run on the loop's thread; what they send to a pool
// thread reads it only.
struct Call {
    Front& front;
    const http::Request& request;
    const ApiRoute& route;
    PathValues path;
    // For the record of a refusal: set as soon as they are known.
    ProjectId project{};
    audit::Target target{};
};

// An event of this call: who, whence and under which authority.
audit::Event event_of(const Call& call, audit::EventType type, audit::EventResult result);

// The request of a method, from path, query and body, and its answer. What generated tables point to.
template <class Request, class Response, Async<Result<Response, ApiError>> (*handler)(Call&, Request)>
Async<Result<std::string, ApiError>> invoke(Call& call)
{
    Request request;
    CO_TRY(read_request({call.request, call.path, call.route.body}, request));
    CO_TRY(auto&& response, co_await handler(call, std::move(request)));
    co_return write_json(response);
}

}  // namespace tessera::api
