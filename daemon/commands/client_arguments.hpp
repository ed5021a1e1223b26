// What the client and resource commands have in common.
#pragma once

#include "daemon/commands/console_client.hpp"

namespace tessera::commands {

inline constexpr Option project_option = {"project", "PROJECT", "a slug or an id"};

// "/v1/projects/acme/clients", from --project.
Result<std::string, CommandError> clients_path(const Invocation& invocation);
// … and the client named by the first argument.
Result<std::string, CommandError> client_path(const Invocation& invocation);
Result<std::string, CommandError> project_member_path(const Invocation& invocation,
                                                      std::string_view collection);

// "read,write" as a JSON array; empty parts left out.
json::array split_list(std::string_view text);

CommandResult show_answer(const Invocation& invocation, const json::value& answer);

}  // namespace tessera::commands
