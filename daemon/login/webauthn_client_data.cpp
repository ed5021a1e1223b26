#include "daemon/login/webauthn_client_data.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/secret.hpp"

namespace tessera::login {

namespace {

constexpr std::size_t depth_max = 4;

std::optional<std::string_view> find_text(const json::object& object, std::string_view name)
{
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) {
        return std::nullopt;
    }
    return std::string_view{value->get_string().data(), value->get_string().size()};
}

Result<void, WebauthnError> refuse(WebauthnFault fault, std::string_view detail)
{
    return WebauthnError{fault, std::string{detail}};
}

}  // namespace

Result<void, WebauthnError> check_client_data(std::string_view client_data_json, Ceremony ceremony,
                                              const WebauthnExpectation& expected)
{
    if (client_data_json.size() > client_data_bytes_max) {
        return refuse(WebauthnFault::too_large, "clientDataJSON");
    }
    const auto parsed =
        parse_json_object(client_data_json, {.bytes_max = client_data_bytes_max, .depth_max = depth_max});
    if (parsed.has_error()) {
        return WebauthnError{WebauthnFault::malformed,
                             fmt::format("clientDataJSON: {}", to_string(parsed.error().fault))};
    }
    const json::object& data = parsed.value();
    if (find_text(data, "type") != (ceremony == Ceremony::create ? "webauthn.create" : "webauthn.get")) {
        return refuse(WebauthnFault::wrong_type, "clientDataJSON.type");
    }
    const auto challenge = base64url_decode(find_text(data, "challenge").value_or("="));
    if (!challenge) {
        return refuse(WebauthnFault::malformed, "clientDataJSON.challenge");
    }
    if (expected.challenge.size() < challenge_bytes || !equal_constant_time(*challenge, expected.challenge)) {
        return refuse(WebauthnFault::wrong_challenge, "clientDataJSON.challenge");
    }
    // Stricter than a URL comparison: neither case nor port nor a trailing dot is normalised (SR-18).
    const auto origin = find_text(data, "origin");
    if (!origin
        || std::ranges::find(expected.relying_party.origins, *origin)
               == expected.relying_party.origins.end()) {
        return refuse(WebauthnFault::wrong_origin, "clientDataJSON.origin");
    }
    // Level 3 §5.8.1: topOrigin is there only in another origin's frame.
    const json::value* cross_origin = data.if_contains("crossOrigin");
    if ((cross_origin != nullptr && *cross_origin != json::value(false)) || data.contains("topOrigin")) {
        return refuse(WebauthnFault::cross_origin, "clientDataJSON.crossOrigin");
    }
    return ok();
}

}  // namespace tessera::login
