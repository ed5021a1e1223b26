#include "daemon/oidc/claims_parameter.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "daemon/oidc/claims.hpp"

namespace tessera::oidc {

namespace {

constexpr JsonLimits limits{.bytes_max = claims_parameter_bytes_max, .depth_max = 4};
constexpr std::size_t values_max = 16;
constexpr std::size_t value_bytes_max = 256;

std::string_view view(const json::string& text) { return {text.data(), text.size()}; }

// `value` and `values` together; nothing when one of them is no short text.
std::optional<std::vector<std::string>> read_values(const json::object& request)
{
    std::vector<std::string> values;
    const auto add = [&](const json::value& value) {
        const json::string* text = value.if_string();
        if (text == nullptr || text->size() > value_bytes_max || values.size() == values_max) {
            return false;
        }
        values.emplace_back(view(*text));
        return true;
    };
    if (const json::value* value = request.if_contains("value"); value != nullptr && !add(*value)) {
        return std::nullopt;
    }
    if (const json::value* several = request.if_contains("values")) {
        const json::array* array = several->if_array();
        if (array == nullptr || !std::ranges::all_of(*array, add)) {
            return std::nullopt;
        }
    }
    return values;
}

bool is_essential(const json::object& request)
{
    const json::value* essential = request.if_contains("essential");
    return essential != nullptr && *essential == json::value(true);
}

// §5.5.1: null, or an object. False when it is neither, or `essential` is no boolean.
bool has_shape(const json::value& request)
{
    if (request.is_null()) {
        return true;
    }
    const json::object* object = request.if_object();
    if (object == nullptr) {
        return false;
    }
    const json::value* essential = object->if_contains("essential");
    return essential == nullptr || essential->is_bool();
}

// acr and sub are about the sign-in. False when their values are no texts.
bool read_special(std::string_view name, const json::value& request, ClaimsRequest& out)
{
    const json::object* object = request.if_object();
    if (object == nullptr || (name != "acr" && name != "sub")) {
        return true;
    }
    auto values = read_values(*object);
    if (!values) {
        return false;
    }
    if (name == "acr") {
        (is_essential(*object) ? out.essential_acr : out.voluntary_acr) = std::move(*values);
    } else if (!values->empty()) {
        out.subject = std::move(values->front());
    }
    return true;
}

bool read_member(const json::object& claims, std::string_view member, std::vector<std::string>& names,
                 ClaimsRequest& out)
{
    const json::value* value = claims.if_contains({member.data(), member.size()});
    if (value == nullptr || value->is_null()) {
        return true;
    }
    const json::object* asked = value->if_object();
    if (asked == nullptr) {
        return false;
    }
    for (const auto& [key, request] : *asked) {
        const std::string_view name{key.data(), key.size()};
        if (!has_shape(request) || !read_special(name, request, out)) {
            return false;
        }
        if (find_claim(name) != nullptr) {
            names.emplace_back(name);
        }
    }
    std::ranges::sort(names);
    return true;
}

}  // namespace

std::optional<ClaimsRequest> parse_claims_parameter(std::string_view text)
{
    const auto parsed = parse_json_object(text, limits);
    if (parsed.has_error()) {
        return std::nullopt;
    }
    ClaimsRequest request;
    if (!read_member(parsed.value(), "userinfo", request.userinfo, request)
        || !read_member(parsed.value(), "id_token", request.id_token, request)) {
        return std::nullopt;
    }
    return request;
}

}  // namespace tessera::oidc
