// Which members a request that makes something was sent with: proto3 does not tell an absent false from a given one.
#pragma once

#include <string_view>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>

#include "base/result.hpp"
#include "daemon/api/call.hpp"

namespace tessera::api::console {

// Of the object `member` of the call's body; invalid_argument when it is missing.
Result<google::protobuf::FieldMask, ApiError> given_members(const Call& call, std::string_view member,
                                                            const google::protobuf::Descriptor& type);

// The same without the members that cannot be changed once made, over `defaults`: what the request leaves out keeps its
// default. Refuses members only the server sets.
Result<void, ApiError> take_given_members(const Call& call, std::string_view member,
                                          const google::protobuf::Message& asked,
                                          google::protobuf::Message& defaults);

}  // namespace tessera::api::console
