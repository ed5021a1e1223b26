#include "daemon/commands/client_arguments.hpp"

namespace tessera::commands {

Result<std::string, CommandError> project_member_path(const Invocation& invocation,
                                                      std::string_view collection)
{
    TRY(auto project, invocation.load("project"));
    return "/v1/projects/" + path_segment(project) + "/" + std::string{collection};
}

Result<std::string, CommandError> clients_path(const Invocation& invocation)
{
    return project_member_path(invocation, "clients");
}

Result<std::string, CommandError> client_path(const Invocation& invocation)
{
    TRY(auto collection, clients_path(invocation));
    TRY(auto client, invocation.argument(0, "CLIENT (an id)"));
    return collection + "/" + path_segment(client);
}

Result<std::string, CommandError> project_member_path(const Invocation& invocation,
                                                      std::string_view collection, std::string_view what)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto id, invocation.argument(0, what));
    return path + "/" + path_segment(id);
}

CommandResult take_assignments(const Invocation& invocation, json::object& body)
{
    for (const std::string& assignment : invocation.find_all("set")) {
        const auto equals = assignment.find('=');
        if (equals == std::string::npos || equals == 0) {
            return CommandError{Exit::usage,
                                "--set takes field=value, for example --set accessTokenLifetimeS=600"};
        }
        const std::string text = assignment.substr(equals + 1);
        const auto parsed = parse_json(text, {.bytes_max = 65536, .depth_max = 4});
        const bool taken = parsed.has_value() && !parsed.value().is_string() && !parsed.value().is_null();
        body[assignment.substr(0, equals)] = taken ? parsed.value() : json::value(json::string{text});
    }
    return ok();
}

void set_if_given(const Invocation& invocation, std::string_view option, json::object& object,
                  std::string_view member)
{
    if (const auto value = invocation.find(option)) {
        object[json::string_view{member.data(), member.size()}] = *value;
    }
}

void set_list_if_given(const Invocation& invocation, std::string_view option, json::object& object,
                       std::string_view member)
{
    if (!invocation.has(option)) {
        return;
    }
    json::array list;
    for (const std::string& value : invocation.find_all(option)) {
        if (!value.empty()) {
            list.emplace_back(value);
        }
    }
    object[json::string_view{member.data(), member.size()}] = std::move(list);
}

CommandResult update_members(const Invocation& invocation, const Environment& environment,
                             const std::string& path, const json::object& body)
{
    std::string mask;
    for (const auto& member : body) {
        mask += (mask.empty() ? "" : ",") + std::string{member.key()};
    }
    if (mask.empty()) {
        return CommandError{Exit::usage, "nothing to change; --help lists the options"};
    }
    TRY(auto&& answer, ConsoleClient(invocation, environment)
                           .call("PATCH", Query{}.add("updateMask", mask).target(path), body));
    return show_answer(invocation, answer);
}

CommandResult post_verb(const Invocation& invocation, const Environment& environment, const std::string& path,
                        std::string_view verb)
{
    TRY(auto&& answer,
        ConsoleClient(invocation, environment).call("POST", path + "/" + std::string{verb}, {}));
    return show_answer(invocation, answer);
}

json::array split_list(std::string_view text)
{
    json::array parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        if (!part.empty()) {
            parts.emplace_back(json::string_view{part.data(), part.size()});
        }
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return parts;
}

CommandResult show_answer(const Invocation& invocation, const json::value& answer)
{
    invocation.json() ? print_json(answer) : print_record(answer);
    return ok();
}

}  // namespace tessera::commands
