// Updates write what they name and nothing else.
#pragma once

#include <string>
#include <vector>

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include "base/json.hpp"
#include "base/result.hpp"
#include "daemon/api/error.hpp"

namespace tessera::api {

// The mask of a body without one: exactly the members present in it, `null` included.
google::protobuf::FieldMask mask_of(const json::object& body, const google::protobuf::Descriptor& type);

// Copies the members `mask` names from `patch` to `target`; a named member absent from `patch` goes back to its default.
// Refused: an empty mask, an unknown or nested path, a member that only the server sets or that is fixed at creation.
// Returns the members written, as JSON names, sorted.
Result<std::vector<std::string>, ApiError> apply_field_mask(google::protobuf::Message& target,
                                                            const google::protobuf::Message& patch,
                                                            const google::protobuf::FieldMask& mask);

// A new record's request may not set what only the server sets.
Result<void, ApiError> refuse_output_only(const google::protobuf::Message& message);

}  // namespace tessera::api
