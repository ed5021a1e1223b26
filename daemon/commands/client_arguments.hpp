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

// "/v1/projects/acme/organizations/org_…": the collection with the first argument, which is `what`.
Result<std::string, CommandError> project_member_path(const Invocation& invocation,
                                                      std::string_view collection, std::string_view what);

inline constexpr Option set_option = {"set", "FIELD=VALUE",
                                      "any other field in lowerCamelCase; may be repeated"};
// Puts the --set options into `body`: true, false, whole numbers and JSON lists as such, anything else as text.
CommandResult take_assignments(const Invocation& invocation, json::object& body);

// `option` into `member` when it was given.
void set_if_given(const Invocation& invocation, std::string_view option, json::object& object,
                  std::string_view member);
// Every `option` into the list `member`, when one was given; an empty text alone empties the list.
void set_list_if_given(const Invocation& invocation, std::string_view option, json::object& object,
                       std::string_view member);

// PATCHes the members of `body`, and no others.
CommandResult update_members(const Invocation& invocation, const Environment& environment,
                             const std::string& path, const json::object& body);
CommandResult post_verb(const Invocation& invocation, const Environment& environment, const std::string& path,
                        std::string_view verb);

// "read,write" as a JSON array; empty parts left out.
json::array split_list(std::string_view text);

CommandResult show_answer(const Invocation& invocation, const json::value& answer);

}  // namespace tessera::commands
