#include "daemon/api/dispatch.hpp"

#include <fmt/format.h>

#include "base/log.hpp"

namespace tessera::api {

namespace {

std::string_view next_segment(std::string_view& rest)
{
    rest.remove_prefix(1);
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    return segment;
}

std::string operator_id(const http::Request& request)
{
    return request.peer.uid ? fmt::format("uid:{}", *request.peer.uid) : std::string{};
}

// What a stranger asked for when there is no such path; nobody may call it.
constexpr ApiRoute unknown_route{.name = "unknown",
                                 .method = http::Method::other,
                                 .path = {},
                                 .body = {},
                                 .resource = Resource::audit,
                                 .verb = Verb::create,
                                 .invoke = nullptr};

struct Match {
    const ApiRoute* route = nullptr;
    PathValues path;
    std::string allow;  // the methods of a known path
};

Match find_route(std::span<const ApiRoute> routes, const http::Request& request)
{
    Match match;
    for (const ApiRoute& route : routes) {
        auto values = match_path(route.path, request.path);
        if (!values) {
            continue;
        }
        if (route.method == request.method) {
            match.route = &route;
            match.path = std::move(*values);
            return match;
        }
        match.allow += (match.allow.empty() ? "" : ", ") + std::string{http::to_string(route.method)};
    }
    return match;
}

http::Response no_route(const Match& match)
{
    if (match.allow.empty()) {
        return error_response(not_found());
    }
    auto response =
        error_response(ApiError{Code::unimplemented, "this path has other methods: " + match.allow});
    response.status = 405;
    response.set("Allow", match.allow);
    return response;
}

// Durable before the answer leaves.
Async<Result<void, ApiError>> record_refusal(Call& call, const ApiError& error)
{
    audit::Event event = event_of(call, audit::EventType::operator_refused, audit::EventResult::refused);
    event.project = call.project;
    event.target = call.target;
    event.error_code = to_string(error.code);
    event.body = {{"operation", call.route.name},
                  {"reason", error.field.empty() ? error.message : error.field}};
    auto row = audit::to_row(event, call.front.clock.now());
    CO_TRY(co_await call.front.audit.append({std::move(row), std::nullopt}));
    co_return ok();
}

Async<http::Response> refuse(Call& call, const ApiError& error)
{
    log::write(error.code == Code::internal ? log::Level::error : log::Level::info, "api_refused",
               call.request.request_id,
               {{"operation", call.route.name}, {"error", to_string(error.code)}, {"detail", error.detail}});
    if (is_write(call.route.verb) || error.code == Code::permission_denied) {
        const auto recorded = co_await record_refusal(call, error);
        if (!recorded) {
            co_return error_response(recorded.error());
        }
    }
    co_return error_response(error);
}

}  // namespace

std::optional<PathValues> match_path(std::string_view path_template, std::string_view path)
{
    PathValues values;
    while (!path_template.empty() && !path.empty() && path.front() == '/') {
        const std::string_view expected = next_segment(path_template);
        const std::string_view given = next_segment(path);
        if (expected.starts_with('{')) {
            if (given.empty()) {
                return std::nullopt;
            }
            values.emplace(expected.substr(1, expected.size() - 2), given);
        } else if (expected != given) {
            return std::nullopt;
        }
    }
    return path_template.empty() && path.empty() ? std::optional{std::move(values)} : std::nullopt;
}

audit::Event event_of(const Call& call, audit::EventType type, audit::EventResult result)
{
    audit::Event event{.type = type, .result = result};
    event.project = call.project;
    event.principal = {audit::PrincipalKind::oper, operator_id(call.request)};
    event.authority = "policy=operator";
    audit::add_request(event, call.request);
    return event;
}

Async<http::Response> dispatch(Front& front, const http::Request& request, std::span<const ApiRoute> routes)
{
    Match match = find_route(routes, request);
    const Role role = role_of(request, front.settings);
    if (match.route == nullptr && role != Role::nobody) {
        co_return no_route(match);
    }
    // A stranger learns nothing of the paths either.
    const ApiRoute& route = match.route != nullptr ? *match.route : unknown_route;
    Call call{.front = front, .request = request, .route = route, .path = std::move(match.path)};
    if (!is_allowed(role, route.resource, route.verb)) {
        const ApiError error{Code::permission_denied,
                             "this user may not do that: console-uids lists who may"};
        // Who is no operator has a budget in the trail, as strangers at the token endpoint have.
        if (role == Role::nobody && !front.refusals.take(ProjectId{}, {}, front.clock.tick())) {
            front.metrics.count(Counter::refusals_unrecorded);
            co_return error_response(error);
        }
        co_return co_await refuse(call, error);
    }
    auto answer = co_await route.invoke(call);
    if (!answer) {
        co_return co_await refuse(call, answer.error());
    }
    http::Response response = http::json_response(200, std::move(answer).value());
    response.set("Cache-Control", "no-store");
    co_return response;
}

}  // namespace tessera::api
