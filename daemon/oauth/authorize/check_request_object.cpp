#include "base/encoding.hpp"
#include "base/json.hpp"
#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"

namespace tessera::oauth {

namespace {

constexpr JsonLimits object_limits{.bytes_max = 8 * 1024, .depth_max = 6};

std::optional<json::object> payload_of(std::string_view object)
{
    const std::size_t first = object.find('.');
    const std::size_t second = object.find('.', first == std::string_view::npos ? first : first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
        return std::nullopt;
    }
    const auto bytes = base64url_decode(object.substr(first + 1, second - first - 1));
    if (!bytes) {
        return std::nullopt;
    }
    auto parsed = parse_json_object(as_text(*bytes), object_limits);
    return parsed ? std::optional{std::move(parsed.value())} : std::nullopt;
}

// How a client that put everything into its object wants to hear that the object was not read. Nothing is believed that the sender
// of the URL could not have written outside the object just as well (docs/adr/0092-request-objects-are-refused-where-asked.md).
void read_delivery(AuthorizeContext& context, const json::object& payload)
{
    const json::value* mode = payload.if_contains("response_mode");
    if (mode != nullptr && *mode == json::value("form_post") && !context.form.find("response_mode")
        && takes_form_post(context.request.redirect_uri)) {
        context.request.response_mode = "form_post";
    }
    const json::value* state = payload.if_contains("state");
    if (state != nullptr && state->is_string() && !context.request.state
        && state->get_string().size() <= 2048) {
        context.request.state = std::string{state->get_string()};
    }
}

}  // namespace

// OpenID Connect Core §6, §3.1.2.6.
Async<Outcome> check_request_object(AuthorizeContext& context)
{
    if (context.form.find("request_uri")) {
        co_return AuthorizeRefusal{
            {ErrorCode::request_uri_not_supported, "request_uri is not supported.", "request_uri"}};
    }
    if (const auto object = context.form.find("request")) {
        if (const auto payload = payload_of(*object)) {
            read_delivery(context, *payload);
        }
        co_return AuthorizeRefusal{
            {ErrorCode::request_not_supported, "Request objects are not supported.", "request"}};
    }
    if (context.form.find("registration")) {
        co_return AuthorizeRefusal{
            {ErrorCode::registration_not_supported, "registration is not supported.", "registration"}};
    }
    co_return go_on();
}

}  // namespace tessera::oauth
