#include "base/json.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include "base/assert.hpp"

namespace tessera {

namespace {

// Boost.JSON's parser keeps the last of duplicate members silently, so a first pass looks for them.
class DuplicateFinder {
public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    using Code = boost::system::error_code;

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&)
    {
        members_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t, Code&)
    {
        members_.pop_back();
        return true;
    }
    bool on_array_begin(Code&) { return true; }
    bool on_array_end(std::size_t, Code&) { return true; }
    bool on_key_part(json::string_view part, std::size_t, Code&)
    {
        key_.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, Code& code)
    {
        key_.append(part.data(), part.size());
        if (!members_.back().insert(std::exchange(key_, {})).second) {
            code = json::error::extra_data;
            duplicate = true;
            return false;
        }
        return true;
    }
    bool on_string_part(json::string_view, std::size_t, Code&) { return true; }
    bool on_string(json::string_view, std::size_t, Code&) { return true; }
    bool on_number_part(json::string_view, Code&) { return true; }
    bool on_int64(std::int64_t, json::string_view, Code&) { return true; }
    bool on_uint64(std::uint64_t, json::string_view, Code&) { return true; }
    bool on_double(double, json::string_view, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }

    bool duplicate = false;

private:
    std::string key_;
    std::vector<std::unordered_set<std::string>> members_;
};

JsonFault fault_of(boost::system::error_code code)
{
    return code == json::error::too_deep ? JsonFault::too_deep : JsonFault::malformed;
}

Result<void, JsonError> check_duplicates(std::string_view text, const json::parse_options& options)
{
    json::basic_parser<DuplicateFinder> finder{options};
    boost::system::error_code code;
    const std::size_t consumed = finder.write_some(false, text.data(), text.size(), code);
    if (finder.handler().duplicate) {
        return JsonError{JsonFault::duplicate_member, consumed};
    }
    if (code) {
        return JsonError{fault_of(code), consumed};
    }
    if (consumed != text.size()) {
        return JsonError{JsonFault::malformed, consumed};
    }
    return ok();
}

// RFC 8785 §3.2.3 sorts by UTF-16 code units: differs from byte order only where a character above U+FFFF meets one
// of U+E000..U+FFFF, whose UTF-8 leads are F0.. and EE../EF...
bool utf16_less(std::string_view a, std::string_view b)
{
    const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (at_a == a.end() || at_b == b.end()) {
        return at_a == a.end() && at_b != b.end();
    }
    const auto x = static_cast<unsigned char>(*at_a);
    const auto y = static_cast<unsigned char>(*at_b);
    const bool x_astral = x >= 0xF0;
    const bool y_astral = y >= 0xF0;
    if (x_astral != y_astral && std::min(x, y) >= 0xEE) {
        return x_astral;
    }
    return x < y;
}

void append_string(std::string& out, std::string_view text)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                out += "\\u00";
                out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
                out.push_back(hex[c & 15]);
            } else {
                out.push_back(c);
            }
        }
    }
    out.push_back('"');
}

void append_canonical(std::string& out, const json::value& value);

void append_object(std::string& out, const json::object& object)
{
    std::vector<const json::key_value_pair*> members;
    members.reserve(object.size());
    for (const auto& member : object) {
        members.push_back(&member);
    }
    std::ranges::sort(members, [](const auto* a, const auto* b) {
        return utf16_less({a->key().data(), a->key().size()}, {b->key().data(), b->key().size()});
    });
    out.push_back('{');
    const char* separator = "";
    for (const auto* member : members) {
        out += separator;
        append_string(out, {member->key().data(), member->key().size()});
        out.push_back(':');
        append_canonical(out, member->value());
        separator = ",";
    }
    out.push_back('}');
}

void append_canonical(std::string& out, const json::value& value)
{
    ASSERT(!value.is_double());
    if (const auto* object = value.if_object()) {
        append_object(out, *object);
    } else if (const auto* array = value.if_array()) {
        out.push_back('[');
        const char* separator = "";
        for (const auto& element : *array) {
            out += separator;
            append_canonical(out, element);
            separator = ",";
        }
        out.push_back(']');
    } else if (const auto* text = value.if_string()) {
        append_string(out, {text->data(), text->size()});
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string_view to_string(JsonFault fault)
{
    switch (fault) {
    case JsonFault::too_large: return "too large";
    case JsonFault::too_deep: return "too deep";
    case JsonFault::duplicate_member: return "duplicate member";
    case JsonFault::malformed: return "malformed";
    }
    return "malformed";
}

Result<json::value, JsonError> parse_json(std::string_view text, JsonLimits limits)
{
    if (text.size() > limits.bytes_max) {
        return JsonError{JsonFault::too_large, limits.bytes_max};
    }
    json::parse_options options;
    options.max_depth = limits.depth_max;
    TRY(check_duplicates(text, options));
    boost::system::error_code code;
    json::parser parser{{}, options};
    parser.write(text.data(), text.size(), code);
    if (code) {
        return JsonError{fault_of(code), 0};
    }
    return parser.release();
}

Result<json::object, JsonError> parse_json_object(std::string_view text, JsonLimits limits)
{
    TRY(auto&& value, parse_json(text, limits));
    if (!value.is_object()) {
        return JsonError{JsonFault::malformed, 0};
    }
    return std::move(value.get_object());
}

bool has_double(const json::value& value)
{
    if (const auto* array = value.if_array()) {
        return std::ranges::any_of(*array, has_double);
    }
    if (const auto* object = value.if_object()) {
        return std::ranges::any_of(*object, [](const auto& member) { return has_double(member.value()); });
    }
    return value.is_double();
}

std::string canonical_json(const json::value& value)
{
    std::string out;
    append_canonical(out, value);
    return out;
}

}  // namespace tessera
