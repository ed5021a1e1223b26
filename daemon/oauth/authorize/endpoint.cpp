#include "daemon/oauth/authorize/endpoint.hpp"

#include <algorithm>
#include <utility>

#include "daemon/http/form.hpp"
#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/refuse.hpp"
#include "daemon/oauth/authorize/response.hpp"

namespace tessera::oauth {

namespace {

// What a URL of ours may be long (http/limits), with room for the path.
constexpr std::size_t query_bytes_max = 7 * 1024;

AuthorizeContext context_of(Front& front, const http::Request& request, RealmPtr realm, Entry entry)
{
    return {
        .front = front, .http = request, .realm = std::move(realm), .entry = entry, .now = front.clock.now()};
}

Async<http::Response> walk(AuthorizeContext& context)
{
    auto outcome = co_await run_steps(context);
    http::Response response;
    if (!outcome) {
        response = co_await refuse(context, std::move(outcome.error()));
    } else if (outcome.value()) {
        response = std::move(*outcome.value());
    }
    for (const http::Header& header : context.cookies.headers) {
        response.headers.push_back(header);
    }
    co_return response;
}

// docs/spec-map.md X-16: to look is not to ask. A GET may issue a code, so HEAD is not GET without a body here.
http::Response looked_at()
{
    http::Response response;
    response.set("Cache-Control", "no-store");
    return response;
}

// Parameter by parameter, so that nothing but encoded text gets into the Location; nothing when it does not parse. Repeated ones
// stay repeated: whether they may be is the steps' question.
std::optional<std::string> as_query(std::string_view body)
{
    if (!http::Form::parse(body)) {
        return std::nullopt;
    }
    std::string query;
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
        query += query.empty() ? "" : "&";
        query += http::form_encode(http::form_decode(pair.substr(0, equals)).value_or(""));
        query += '=';
        query += http::form_encode(http::form_decode(value).value_or(""));
    }
    return query;
}

}  // namespace

bool AuthorizeContext::has_prompt(std::string_view value) const
{
    return std::ranges::find(request.prompt, value) != request.prompt.end();
}

AuthorizeRefusal malformed(std::string_view description, std::string detail, Tell tell)
{
    return {{ErrorCode::invalid_request, description, std::move(detail)}, tell};
}

Async<http::Response> authorize(Front& front, const http::Request& request, RealmPtr realm)
{
    if (request.method == http::Method::head) {
        co_return looked_at();
    }
    AuthorizeContext context = context_of(front, request, std::move(realm), Entry::authorize);
    co_return co_await walk(context);
}

Async<http::Response> resume_authorization(Front& front, const http::Request& request, RealmPtr realm)
{
    if (request.method == http::Method::head) {
        co_return looked_at();
    }
    AuthorizeContext context = context_of(front, request, std::move(realm), Entry::resume);
    co_return co_await walk(context);
}

Async<http::Response> authorize_by_form(Front& front, const http::Request& request, RealmPtr realm)
{
    AuthorizeContext context = context_of(front, request, std::move(realm), Entry::authorize);
    const bool is_form = request.media_type() == "application/x-www-form-urlencoded" && request.query.empty();
    const auto query = is_form ? as_query(request.body) : std::nullopt;
    if (!query || query->size() > query_bytes_max) {
        co_return co_await refuse(
            context, malformed(query ? "The request is too long." : "The request is not a well-formed form.",
                               query ? "form too long" : "form", Tell::page));
    }
    http::Response response;
    response.status = 303;
    response.set("Location", context.path() + "/authorize?" + *query);
    response.set("Cache-Control", "no-store");
    co_return response;
}

}  // namespace tessera::oauth
