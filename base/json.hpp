// Strict JSON for input from outside: RFC 8259 text in UTF-8, no duplicate members, bounded size and depth, nothing
// after the value. Values are Boost.JSON's; members keep their order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace tessera {

namespace json = boost::json;

struct JsonLimits {
    std::size_t bytes_max;
    std::size_t depth_max;  // 1 = only scalars inside the outermost array or object
};

enum class JsonFault { too_large, too_deep, duplicate_member, malformed };

struct JsonError {
    JsonFault fault;
    std::size_t offset;  // in bytes, where parsing stopped
};

// A word for logs: "duplicate member".
std::string_view to_string(JsonFault fault);

Result<json::value, JsonError> parse_json(std::string_view text, JsonLimits limits);

// parse_json, and the value must be an object.
Result<json::object, JsonError> parse_json_object(std::string_view text, JsonLimits limits);

// True when a floating-point number is anywhere in it.
bool has_double(const json::value& value);

// RFC 8785 (JCS) for values without floating-point numbers: members sorted by UTF-16 code units, no white space,
// minimal escapes. The same value always gives the same bytes. Doubles are a bug of the caller (ASSERT).
std::string canonical_json(const json::value& value);

}  // namespace tessera
