// Calls of the console API as JSON: what is accepted holds clean text only and is written as JSON that reads the same; settings
// that were accepted are accepted again; no update touches what only the server sets. The input's lines: method, target, body.
#include <map>
#include <memory>
#include <string>

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include "base/assert.hpp"
#include "daemon/api/console/client_message.hpp"
#include "daemon/api/console/project_message.hpp"
#include "daemon/api/dispatch.hpp"
#include "daemon/api/field_mask.hpp"
#include "daemon/api/http.pb.h"
#include "daemon/http/target.hpp"
#include "tests/fuzz/input.hpp"

namespace tessera::api::console {

namespace {

namespace v1 = ::tessera::console::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

struct Method {
    std::string path;
    std::string body;
    const Message* request;
};

std::string path_of(const HttpRule& rule)
{
    return rule.get() + rule.post() + rule.put() + rule.patch() + rule.delete_();
}

const std::map<std::string, Method, std::less<>>& methods()
{
    static const auto all = [] {
        std::map<std::string, Method, std::less<>> found;
        const auto* file = v1::Project::descriptor()->file();
        auto* factory = google::protobuf::MessageFactory::generated_factory();
        for (int i = 0; i < file->service_count(); ++i) {
            for (int k = 0; k < file->service(i)->method_count(); ++k) {
                const auto* method = file->service(i)->method(k);
                const HttpRule& rule = method->options().GetExtension(tessera::api::http);
                found[method->name()] = {path_of(rule), rule.body(),
                                         factory->GetPrototype(method->input_type())};
            }
        }
        return found;
    }();
    return all;
}

bool is_clean(std::string_view text)
{
    for (const char c : text) {
        if ((c >= 0 && c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) {
            return false;
        }
    }
    return is_utf8(text);
}

void check_texts(const Message& message)
{
    std::vector<const FieldDescriptor*> fields;
    const auto* reflection = message.GetReflection();
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
        const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
        for (int i = 0; i < count; ++i) {
            if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
                ASSERT(is_clean(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                     : reflection->GetString(message, field)));
            } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
                check_texts(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                 : reflection->GetMessage(message, field));
            }
        }
    }
}

void check_json(const Message& sent)
{
    const std::unique_ptr<Message> copy{sent.New()};
    copy->CopyFrom(sent);
    // Masks are never written, and not every name one may hold can be.
    if (const auto* mask = sent.GetDescriptor()->FindFieldByName("update_mask")) {
        copy->GetReflection()->ClearField(copy.get(), mask);
    }
    const Message& message = *copy;
    const std::string text = write_json(message);
    const auto parsed = parse_json_object(text, {.bytes_max = text.size(), .depth_max = 32});
    ASSERT(parsed.has_value());
    const std::unique_ptr<Message> again{message.New()};
    ASSERT(google::protobuf::util::JsonStringToMessage(text, again.get()).ok());
    ASSERT(MessageDifferencer::Equals(*again, message));
}

void check_settings(const v1::Project& sent)
{
    storage::Project project;
    auto settings = to_settings(sent);
    if (settings) {
        project.settings = settings.value();
        const v1::Project message = to_message(project, {});
        project.settings = to_settings(message).value();
        ASSERT(MessageDifferencer::Equals(to_message(project, {}), message));
    }
}

void check_settings(const v1::Client& sent)
{
    storage::Client client;
    auto settings = to_settings(sent);
    if (settings) {
        client.settings = settings.value();
        const v1::Client message = to_message(client);
        client.settings = to_settings(message).value();
        ASSERT(MessageDifferencer::Equals(to_message(client), message));
    }
}

// The members of `message` that requests may not set.
template <class Settings>
Settings only_server_set(Settings message)
{
    for (int i = 0; i < Settings::descriptor()->field_count(); ++i) {
        const auto* field = Settings::descriptor()->field(i);
        const Behavior allowed = field->options().GetExtension(behavior);
        if (allowed != Behavior::OUTPUT_ONLY && allowed != Behavior::IMMUTABLE) {
            message.GetReflection()->ClearField(&message, field);
        }
    }
    return message;
}

template <class Request, class Settings>
void check_update(const Message& message, const Settings& stored)
{
    if (const auto* request = dynamic_cast<const Request*>(&message)) {
        Settings updated = stored;
        const auto names = apply_field_mask(updated, request->settings(), request->update_mask());
        if (names) {
            ASSERT(!names.value().empty());
            ASSERT(MessageDifferencer::Equals(only_server_set(updated), only_server_set(stored)));
            check_settings(updated);
        } else {
            ASSERT(MessageDifferencer::Equals(updated, stored));
        }
    }
}

void check(const Message& message)
{
    check_texts(message);
    check_json(message);
    check_update<v1::UpdateProjectRequest>(message, default_project());
    check_update<v1::UpdateClientRequest>(message, to_message(storage::Client{}));
    if (const auto* request = dynamic_cast<const v1::CreateProjectRequest*>(&message)) {
        check_settings(request->project());
    }
    if (const auto* request = dynamic_cast<const v1::CreateClientRequest*>(&message)) {
        check_settings(request->client());
    }
}

void check_call(std::string_view rest)
{
    const auto method = methods().find(fuzz::cut_line(rest));
    const auto target = http::parse_target(fuzz::cut_line(rest));
    if (method == methods().end() || !target) {
        return;
    }
    http::Request request;
    request.path = target.value().path;
    request.query = target.value().query;
    request.has_query = target.value().has_query;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = rest;
    const auto path = match_path(method->second.path, request.path);
    if (!path) {
        return;
    }
    const std::unique_ptr<Message> message{method->second.request->New()};
    const auto read = read_request({request, *path, method->second.body}, *message);
    if (read) {
        check(*message);
    } else {
        const auto response = error_response(read.error());
        ASSERT(response.status == 400);
        ASSERT(parse_json_object(response.content(), {.bytes_max = 1024 * 1024, .depth_max = 8}).has_value());
    }
}

}  // namespace

}  // namespace tessera::api::console

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    tessera::api::console::check_call(tessera::fuzz::as_input(data, size));
    return 0;
}
