// tessera user …
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

constexpr std::string_view collection = "users";

// An address may be several people, one in each organization.
Result<std::string, CommandError> user_path(const Invocation& invocation, const ConsoleClient& console)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto reference, invocation.argument(0, "USER (an id or an e-mail address)"));
    if (reference.find('@') != std::string::npos) {
        TRY(auto&& found,
            console.get_all(path,
                            Query{}
                                .add("email", reference)
                                .add("organizationId", invocation.find("organization").value_or("")),
                            collection));
        if (found.empty()) {
            return CommandError{Exit::refused, "no user " + reference + " in this project"};
        }
        if (found.size() > 1) {
            return CommandError{Exit::refused,
                                reference + " is a user of several organizations: add --organization"};
        }
        reference = text_of(found[0], "id");
    }
    return path + "/" + path_segment(reference);
}

Result<json::object, CommandError> user_of(const Invocation& invocation)
{
    json::object user;
    set_if_given(invocation, "email", user, "email");
    set_if_given(invocation, "display-name", user, "displayName");
    TRY(take_assignments(invocation, user));
    return user;
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto&& user, user_of(invocation));
    set_if_given(invocation, "organization", user, "organizationId");
    if (invocation.has("owner")) {
        user["owner"] = true;
    }
    json::object body;
    body["user"] = std::move(user);
    body["emailVerified"] = invocation.has("email-verified");
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", path, body));
    return show_answer(invocation, answer);
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_member_path(invocation, collection));
    TRY(auto&& users, ConsoleClient(invocation, environment)
                          .get_all(path,
                                   Query{}
                                       .add("organizationId", invocation.find("organization").value_or(""))
                                       .add("email", invocation.find("email").value_or("")),
                                   collection));
    if (invocation.json()) {
        print_json(json::object{{"users", users}});
    } else {
        print_table({{"ID", "id"},
                     {"EMAIL", "email"},
                     {"NAME", "displayName"},
                     {"ORGANIZATION", "organizationId"},
                     {"OWNER", "owner"},
                     {"DISABLED", "disabled"}},
                    users);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, user_path(invocation, console));
    TRY(auto&& answer, console.get(path));
    return show_answer(invocation, answer);
}

CommandResult update(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, user_path(invocation, console));
    TRY(auto&& body, user_of(invocation));
    return update_members(invocation, environment, path, body);
}

CommandResult disable(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, user_path(invocation, {invocation, environment}));
    return post_verb(invocation, environment, path, "disable");
}

CommandResult enable(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, user_path(invocation, {invocation, environment}));
    return post_verb(invocation, environment, path, "enable");
}

CommandResult remove(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, user_path(invocation, console));
    TRY(auto&& answer, console.call("DELETE", path, {}));
    return show_answer(invocation, answer);
}

CommandResult set_password(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, user_path(invocation, console));
    TRY(auto password, read_secret_line("password"));
    json::object body;
    body["password"] = password;
    TRY(auto&& answer, console.call("PUT", path + "/password", body));
    return show_answer(invocation, answer);
}

constexpr Option organization_option = {"organization", "ORGANIZATION", "an id"};
constexpr Option create_options[] = {
    {"email", "ADDRESS", "unique in the organization in any case of letters"},
    {"organization", "ORGANIZATION", "an id; not needed in a project of one organization"},
    {"display-name", "NAME", "for people"},
    {"owner", "", "may govern the organization"},
    {"email-verified", "", "you vouch that the person reads mail to the address"},
    set_option,
    project_option,
    socket_option};
constexpr Option update_options[] = {{"email", "ADDRESS", "another one is not verified"},
                                     {"display-name", "NAME", "for people"},
                                     set_option,
                                     organization_option,
                                     project_option,
                                     socket_option};
constexpr Option list_options[] = {
    organization_option, {"email", "ADDRESS", "in any case of letters"}, project_option, socket_option};
constexpr Option plain_options[] = {organization_option, project_option, socket_option};

constexpr Command table[] = {
    {"user", "create", "", "Make a user in an organization.", create_options, create},
    {"user", "list", "", "The users of a project.", list_options, list},
    {"user", "show", "USER", "One user, by id or e-mail address.", plain_options, show},
    {"user", "update", "USER", "Change a user; what is not given stays.", update_options, update},
    {"user", "disable", "USER", "No sign-in from now on; sessions and tokens end.", plain_options, disable},
    {"user", "enable", "USER", "The user may sign in again.", plain_options, enable},
    {"user", "delete", "USER", "Remove a user with everything of it.", plain_options, remove},
    {"user", "set-password", "USER", "Set a password, read from standard input; sessions end.", plain_options,
     set_password},
};

}  // namespace

std::span<const Command> user_commands() { return table; }

}  // namespace tessera::commands
