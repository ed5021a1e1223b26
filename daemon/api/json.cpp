#include "daemon/api/json.hpp"

#include <boost/json/serialize.hpp>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include "base/assert.hpp"
#include "base/encoding.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/http/form.hpp"

namespace tessera::api {

namespace {

constexpr std::size_t query_bytes_max = 16 * 1024;
constexpr std::size_t message_bytes_max = 200;

ApiError body_error(const JsonError& error)
{
    return {Code::invalid_argument, "the body is not acceptable JSON: " + std::string{to_string(error.fault)},
            "body"};
}

// NUL cannot be stored and escapes forge terminals (SR-22). Line ends and tabs are part of JWK Sets sent as text.
bool has_control_character(std::string_view text)
{
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f) {
            return true;
        }
    }
    return false;
}

Result<void, ApiError> check_texts(const json::value& value, std::string_view field)
{
    if (const auto* text = value.if_string()) {
        if (has_control_character({text->data(), text->size()})) {
            return invalid(std::string{field}, "holds a control character");
        }
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) {
            TRY(check_texts(element, field));
        }
    } else if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            TRY(check_texts(member.value(), {member.key().data(), member.key().size()}));
        }
    }
    return ok();
}

// "a.b" names member b of member a. A name given twice makes a list.
Result<void, ApiError> add_query_value(json::object& out, std::string_view name, std::string value)
{
    const auto dot = name.find('.');
    const std::string_view head = name.substr(0, dot);
    if (head.empty() || head.size() > 64) {
        return invalid("query", "a parameter has no proper name");
    }
    json::value& slot = out[head];
    if (dot != std::string_view::npos) {
        if (slot.is_null()) {
            slot = json::object{};
        }
        if (!slot.is_object() || name.find('.', dot + 1) != std::string_view::npos) {
            return invalid(std::string{head}, "is not such a parameter");
        }
        return add_query_value(slot.get_object(), name.substr(dot + 1), std::move(value));
    }
    if (slot.is_null()) {
        slot = json::value(std::move(value));
    } else if (slot.is_array()) {
        slot.get_array().emplace_back(std::move(value));
    } else {
        json::array both{std::move(slot), json::value(std::move(value))};
        slot = std::move(both);
    }
    return ok();
}

Result<void, ApiError> add_query(json::object& out, const http::Request& request)
{
    if (request.query.size() > query_bytes_max) {
        return invalid("query", "too long");
    }
    std::string_view rest = request.query;
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        const auto equals = pair.find('=');
        const auto name = http::form_decode(pair.substr(0, equals));
        const auto value = http::form_decode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
        if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) {
            return invalid("query", "malformed");
        }
        TRY(add_query_value(out, *name, *value));
    }
    return ok();
}

const google::protobuf::FieldDescriptor* field_named(const google::protobuf::Message& message,
                                                     std::string_view name)
{
    return message.GetDescriptor()->FindFieldByName(std::string{name});
}

// A path or query parameter that is a list of one must be a list in JSON.
void wrap_lists(json::object& object, const google::protobuf::Descriptor& type)
{
    for (int i = 0; i < type.field_count(); ++i) {
        const auto* field = type.field(i);
        for (const std::string& name : {field->name(), field->json_name()}) {
            auto* value = object.if_contains(name);
            if (value != nullptr && field->is_repeated() && value->is_string()) {
                *value = json::array{std::move(*value)};
            }
        }
    }
}

Result<json::object, ApiError> read_body(const RequestSource& source)
{
    if (source.request.body.empty()) {
        return json::object{};
    }
    const std::string media_type = source.request.media_type();
    if (!media_type.empty() && media_type != "application/json") {
        return invalid("body", "the content type must be application/json");
    }
    auto body = parse_json_object(source.request.body, body_limits);
    if (!body) {
        return body_error(body.error());
    }
    TRY(check_texts(body.value(), "body"));
    return std::move(body).value();
}

Result<void, ApiError> parse_message(const json::object& object, google::protobuf::Message& out)
{
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = false;
    options.case_insensitive_enum_parsing = false;
    const auto status = google::protobuf::util::JsonStringToMessage(json::serialize(object), &out, options);
    if (!status.ok()) {
        std::string text{status.message().data(), status.message().size()};
        text.resize(std::min(text.size(), message_bytes_max));
        return ApiError{Code::invalid_argument, is_utf8(text) ? text : "the request does not fit its type",
                        "request"};
    }
    return ok();
}

void add_implicit_mask(const RequestSource& source, const json::object& body, google::protobuf::Message& out)
{
    const auto* mask = field_named(out, "update_mask");
    const auto* settings = field_named(out, source.body);
    if (mask == nullptr || settings == nullptr || out.GetReflection()->HasField(out, mask)) {
        return;
    }
    out.GetReflection()->MutableMessage(&out, mask)->CopyFrom(mask_of(body, *settings->message_type()));
}

}  // namespace

Result<void, ApiError> read_request(const RequestSource& source, google::protobuf::Message& out)
{
    const auto& type = *out.GetDescriptor();
    json::object object;
    if (source.body != "*") {
        TRY(add_query(object, source.request));
        wrap_lists(object, type);
    } else if (source.request.has_query && !source.request.query.empty()) {
        return invalid("query", "this method takes no parameters in the query");
    }
    if (source.body.empty() && !source.request.body.empty()) {
        return invalid("body", "this method takes no body");
    }
    TRY(auto&& body, read_body(source));
    if (source.body == "*") {
        object = body;
    } else if (!source.body.empty()) {
        if (object.contains(source.body)) {
            return invalid(std::string{source.body}, "belongs in the body");
        }
        object[source.body] = body;
    }
    for (const auto& [name, value] : source.path) {
        if (object.contains(name)) {
            return invalid(name, "is given by the path");
        }
        object[name] = value;
    }
    TRY(check_texts(json::value(object), "request"));
    TRY(parse_message(object, out));
    add_implicit_mask(source, body, out);
    return ok();
}

std::string write_json(const google::protobuf::Message& message)
{
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = true;
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
    ASSERT(status.ok());
    return text;
}

}  // namespace tessera::api
