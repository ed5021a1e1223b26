// tessera organization …
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

constexpr std::string_view collection = "organizations";

Result<std::string, CommandError> organization_path(const Invocation& invocation)
{
    return project_member_path(invocation, collection, "ORGANIZATION (an id)");
}

Result<json::object, CommandError> organization_of(const Invocation& invocation)
{
    json::object organization;
    set_if_given(invocation, "display-name", organization, "displayName");
    set_list_if_given(invocation, "domain", organization, "domains");
    TRY(take_assignments(invocation, organization));
    return organization;
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto&& organization, organization_of(invocation));
    json::object body;
    body["organization"] = std::move(organization);
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", path, body));
    return show_answer(invocation, answer);
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto&& organizations,
        ConsoleClient(invocation, environment)
            .get_all(path, Query{}.add("domain", invocation.find("domain").value_or("")), collection));
    if (invocation.json()) {
        print_json(json::object{{"organizations", organizations}});
    } else {
        print_table({{"ID", "id"},
                     {"NAME", "displayName"},
                     {"DOMAINS", "domains"},
                     {"LOGINS DISABLED", "loginsDisabled"}},
                    organizations);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, organization_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).get(path));
    return show_answer(invocation, answer);
}

CommandResult update(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, organization_path(invocation));
    TRY(auto&& body, organization_of(invocation));
    return update_members(invocation, environment, path, body);
}

CommandResult disable_logins(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, organization_path(invocation));
    return post_verb(invocation, environment, path, "disable-logins");
}

CommandResult enable_logins(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, organization_path(invocation));
    return post_verb(invocation, environment, path, "enable-logins");
}

CommandResult remove(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, organization_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("DELETE", path, {}));
    return show_answer(invocation, answer);
}

constexpr Option write_options[] = {{"display-name", "NAME", "for people"},
                                    {"domain", "DOMAIN", "of its addresses; may be repeated, replaces all"},
                                    set_option,
                                    project_option,
                                    socket_option};
constexpr Option list_options[] = {
    {"domain", "DOMAIN", "only those that name it"}, project_option, socket_option};
constexpr Option plain_options[] = {project_option, socket_option};

constexpr Command table[] = {
    {"organization", "create", "", "Make an organization; methods not given are the project's.",
     write_options, create},
    {"organization", "list", "", "The organizations of a project.", list_options, list},
    {"organization", "show", "ORGANIZATION", "One organization.", plain_options, show},
    {"organization", "update", "ORGANIZATION", "Change an organization; what is not given stays.",
     write_options, update},
    {"organization", "disable-logins", "ORGANIZATION", "Nobody of it signs in; its sessions count no more.",
     plain_options, disable_logins},
    {"organization", "enable-logins", "ORGANIZATION", "Its people may sign in again.", plain_options,
     enable_logins},
    {"organization", "delete", "ORGANIZATION", "Remove an organization with all its people.", plain_options,
     remove},
};

}  // namespace

std::span<const Command> organization_commands() { return table; }

}  // namespace tessera::commands
