#include "daemon/commands/admin_site.hpp"

#include <boost/json/serialize.hpp>

#include "base/json.hpp"
#include "daemon/api/console/dispatch.hpp"

namespace tessera {

namespace {

// Console requests are small JSON documents; a JWK Set is the largest.
constexpr std::size_t console_body_bytes_max = 256 * 1024;

http::Response health()
{
    return http::json_response(200, R"({"status":"ok","version":")" TESSERA_VERSION R"("})");
}

http::Response ready(const Readiness& readiness)
{
    const bool is_ready =
        readiness.keyd == KeydState::serving && readiness.database_answers && !readiness.draining;
    json::object body;
    body["status"] = is_ready ? "ready" : "not ready";
    body["keyd"] = to_string(readiness.keyd);
    body["database"] = readiness.database_answers ? "connected" : "unreachable";
    body["draining"] = readiness.draining;
    return http::json_response(is_ready ? 200 : 503, json::serialize(body));
}

http::Response answer_admin(const AdminQuestions& questions, const http::Request& request)
{
    const bool known = request.path == "/healthz" || request.path == "/readyz" || request.path == "/metrics";
    if (!known) {
        return http::json_error(404, "not_found", "There is nothing at this path.");
    }
    if (request.method != http::Method::get && request.method != http::Method::head) {
        http::Response response =
            http::json_error(405, "method_not_allowed", "This path does not know the method.");
        response.set("Allow", "GET, HEAD");
        return response;
    }
    if (request.path == "/healthz") {
        return health();
    }
    if (request.path == "/readyz") {
        return ready(questions.readiness());
    }
    http::Response response;
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = questions.metrics();
    return response;
}

}  // namespace

http::Service admin_service(AdminQuestions questions)
{
    return {[](const http::Request&) -> std::size_t { return 0; },
            [questions = std::move(questions)](const http::Request& request) -> Async<http::Response> {
                co_return answer_admin(questions, request);
            }};
}

http::Service console_service(Front& front)
{
    // The service outlives the coroutines it starts: it belongs to a site, and sites outlive sessions.
    return {[](const http::Request&) { return console_body_bytes_max; },
            [&front](const http::Request& request) -> Async<http::Response> {
                front.metrics.count(Counter::console_requests);
                co_return co_await api::console::dispatch(front, request);
            }};
}

}  // namespace tessera
