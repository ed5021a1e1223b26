// protojson in and out, strictly: bounded, no duplicate or unknown member, no control character in any text.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "base/json.hpp"
#include "base/result.hpp"
#include "daemon/api/error.hpp"
#include "daemon/http/request.hpp"

namespace tessera::api {

inline constexpr JsonLimits body_limits{.bytes_max = 256 * 1024, .depth_max = 16};

using PathValues = std::map<std::string, std::string, std::less<>>;

struct RequestSource {
    const http::Request& request;
    const PathValues& path;
    std::string_view body;  // as in ApiRoute
};

// Fills `out` from the path, the query ("filter.type=…", repeated names for lists) and the body. An update without a mask
// gets the members of its body as one.
Result<void, ApiError> read_request(const RequestSource& source, google::protobuf::Message& out);

// Members with default values are written; absent optional ones are not.
std::string write_json(const google::protobuf::Message& message);

}  // namespace tessera::api
