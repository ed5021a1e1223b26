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
