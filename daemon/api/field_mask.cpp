#include "daemon/api/field_mask.hpp"

#include <algorithm>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/field_mask_util.h>

#include "daemon/api/http.pb.h"

namespace tessera::api {

namespace {

const google::protobuf::FieldDescriptor* find_field(const google::protobuf::Descriptor& type,
                                                    std::string_view name)
{
    for (int i = 0; i < type.field_count(); ++i) {
        const auto* field = type.field(i);
        if (field->name() == name || field->json_name() == name) {
            return field;
        }
    }
    return nullptr;
}

}  // namespace

google::protobuf::FieldMask mask_of(const json::object& body, const google::protobuf::Descriptor& type)
{
    google::protobuf::FieldMask mask;
    for (const auto& member : body) {
        if (const auto* field = find_field(type, {member.key().data(), member.key().size()})) {
            mask.add_paths(field->name());
        }
    }
    return mask;
}

Result<std::vector<std::string>, ApiError> apply_field_mask(google::protobuf::Message& target,
                                                            const google::protobuf::Message& patch,
                                                            const google::protobuf::FieldMask& mask)
{
    const auto& type = *target.GetDescriptor();
    if (mask.paths_size() == 0) {
        return invalid("updateMask", "names no member: nothing to update");
    }
    std::vector<std::string> names;
    for (const std::string& path : mask.paths()) {
        const auto* field = find_field(type, path);
        if (field == nullptr) {
            return invalid("updateMask", "names a member that does not exist");
        }
        const auto allowed = field->options().GetExtension(behavior);
        if (allowed == Behavior::OUTPUT_ONLY) {
            return invalid(field->json_name(), "is set by the server only");
        }
        if (allowed == Behavior::IMMUTABLE) {
            return invalid(field->json_name(), "cannot be changed");
        }
        names.push_back(field->json_name());
    }
    google::protobuf::util::FieldMaskUtil::MergeOptions options;
    options.set_replace_message_fields(true);
    options.set_replace_repeated_fields(true);
    google::protobuf::FieldMask canonical;
    for (const std::string& path : mask.paths()) {
        canonical.add_paths(find_field(type, path)->name());
    }
    google::protobuf::util::FieldMaskUtil::MergeMessageTo(patch, canonical, options, &target);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Result<void, ApiError> refuse_output_only(const google::protobuf::Message& message)
{
    std::vector<const google::protobuf::FieldDescriptor*> present;
    message.GetReflection()->ListFields(message, &present);
    for (const auto* field : present) {
        if (field->options().GetExtension(behavior) == Behavior::OUTPUT_ONLY) {
            return invalid(field->json_name(), "is set by the server only");
        }
    }
    return ok();
}

}  // namespace tessera::api
