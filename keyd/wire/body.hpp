// Bodies of the keyd protocol: Protobuf with limits on size (the frame's) and on depth.
//
// Pure and fuzzed, as frame.hpp. A body that does not parse is MALFORMED_REQUEST to keyd and a broken connection to a
// client; unknown fields are allowed and dropped, so that a newer peer can add some.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "keyd/proto/keyd.pb.h"

namespace tessera::keyd::wire {

// Messages of keyd.proto nest four deep; a body that nests deeper is refused.
inline constexpr int body_depth_max = 16;
inline constexpr std::size_t request_id_chars_max = 128;

// Without the fields this version does not know.
std::optional<v1::Request> parse_request(ByteView body);
std::optional<v1::Response> parse_response(ByteView body);
std::optional<v1::Event> parse_event(ByteView body);

// The request id as both logs show it: cut at request_id_chars_max, anything but printable ASCII replaced by '?'.
std::string clean_request_id(std::string_view text);

// The field's name in keyd.proto: "sign_jwt"; "unknown" for an operation this build does not know.
std::string_view operation_name(v1::Request::OperationCase operation);

// The outcome a successful answer to `operation` has; OUTCOME_NOT_SET for an unknown operation.
v1::Response::OutcomeCase outcome_of(v1::Request::OperationCase operation);

}  // namespace tessera::keyd::wire
