#include "daemon/api/console/given_members.hpp"

#include <algorithm>

#include "daemon/api/field_mask.hpp"
#include "daemon/api/http.pb.h"

namespace tessera::api::console {

Result<google::protobuf::FieldMask, ApiError> given_members(const Call& call, std::string_view member,
                                                            const google::protobuf::Descriptor& type)
{
    const auto body = parse_json_object(call.request.body, body_limits);
    const auto* object = body ? body.value().if_contains({member.data(), member.size()}) : nullptr;
    if (object == nullptr || !object->is_object()) {
        return invalid(std::string{member}, "is missing");
    }
    return mask_of(object->get_object(), type);
}

Result<void, ApiError> take_given_members(const Call& call, std::string_view member,
                                          const google::protobuf::Message& asked,
                                          google::protobuf::Message& defaults)
{
    TRY(refuse_output_only(asked));
    const auto& type = *asked.GetDescriptor();
    TRY(auto&& given, given_members(call, member, type));
    auto* paths = given.mutable_paths();
    paths->erase(std::remove_if(paths->begin(), paths->end(),
                                [&](const std::string& path) {
                                    const auto* field = type.FindFieldByName(path);
                                    return field->options().GetExtension(behavior) == Behavior::IMMUTABLE;
                                }),
                 paths->end());
    if (!paths->empty()) {
        TRY(apply_field_mask(defaults, asked, given));
    }
    return ok();
}

}  // namespace tessera::api::console
