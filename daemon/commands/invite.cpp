// tessera invite …
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

constexpr std::string_view collection = "user-invites";

Result<std::string, CommandError> invite_path(const Invocation& invocation)
{
    return project_member_path(invocation, collection, "INVITE (an id)");
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, collection));
    json::object invite;
    set_if_given(invocation, "email", invite, "email");
    set_if_given(invocation, "organization", invite, "organizationId");
    set_if_given(invocation, "expires", invite, "expireTime");
    invite["owner"] = invocation.has("owner");
    json::object body;
    body["invite"] = std::move(invite);
    body["sendEmail"] = invocation.has("send-email");
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", path, body));
    return show_answer(invocation, answer);
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto&& invites,
        ConsoleClient(invocation, environment)
            .get_all(path, Query{}.add("organizationId", invocation.find("organization").value_or("")),
                     "invites"));
    if (invocation.json()) {
        print_json(json::object{{"invites", invites}});
    } else {
        print_table({{"ID", "id"},
                     {"EMAIL", "email"},
                     {"ORGANIZATION", "organizationId"},
                     {"OWNER", "owner"},
                     {"EXPIRES", "expireTime"}},
                    invites);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, invite_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).get(path));
    return show_answer(invocation, answer);
}

CommandResult remove(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, invite_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("DELETE", path, {}));
    return show_answer(invocation, answer);
}

constexpr Option create_options[] = {
    {"email", "ADDRESS", "who may join, by proving to read mail to it"},
    {"organization", "ORGANIZATION", "an id; not needed in a project of one organization"},
    {"owner", "", "who joins is an owner"},
    {"send-email", "", "mail the address a link to where it accepts"},
    {"expires", "TIME", "RFC 3339, within a year; 30 days from now when left out"},
    project_option,
    socket_option};
constexpr Option list_options[] = {{"organization", "ORGANIZATION", "an id"}, project_option, socket_option};
constexpr Option plain_options[] = {project_option, socket_option};

constexpr Command table[] = {
    {"invite", "create", "", "Invite an address to an organization, or renew its invite.", create_options,
     create},
    {"invite", "list", "", "The invites of a project.", list_options, list},
    {"invite", "show", "INVITE", "One invite.", plain_options, show},
    {"invite", "delete", "INVITE", "Withdraw an invite.", plain_options, remove},
};

}  // namespace

std::span<const Command> invite_commands() { return table; }

}  // namespace tessera::commands
