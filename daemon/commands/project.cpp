// tessera project …
#include "base/encoding.hpp"
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

constexpr std::string_view collection = "/v1/projects";

Result<std::string, CommandError> project_path(const Invocation& invocation)
{
    TRY(auto project, invocation.argument(0, "PROJECT (a slug or an id)"));
    return std::string{collection} + "/" + path_segment(project);
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    json::object project;
    TRY(auto slug, invocation.load("slug"));
    project["slug"] = slug;
    project["displayName"] = invocation.find("display-name").value_or(slug);
    json::object body;
    body["project"] = std::move(project);
    if (const auto keyring = invocation.find("shared-keyring")) {
        body["sharedKeyring"] = *keyring;
    }
    body["singleOrganization"] = invocation.has("single-organization");
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", std::string{collection}, body));
    return show_answer(invocation, answer);
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto&& projects,
        ConsoleClient(invocation, environment).get_all(std::string{collection}, Query{}, "projects"));
    if (invocation.json()) {
        print_json(json::object{{"projects", projects}});
    } else {
        print_table({{"SLUG", "slug"},
                     {"NAME", "displayName"},
                     {"ID", "id"},
                     {"DISABLED", "disabled"},
                     {"ISSUER", "issuer"}},
                    projects);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).get(path));
    return show_answer(invocation, answer);
}

CommandResult update(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_path(invocation));
    json::object body;
    TRY(take_assignments(invocation, body));
    if (invocation.has("secret-from-stdin")) {
        TRY(auto field, invocation.load("secret-from-stdin"));
        TRY(auto secret, read_secret_line(field));
        body[field] = secret;
    }
    return update_members(invocation, environment, path, body);
}

CommandResult disable(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_path(invocation));
    return post_verb(invocation, environment, path, "disable");
}

CommandResult enable(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_path(invocation));
    return post_verb(invocation, environment, path, "enable");
}

CommandResult set_picture(const Invocation& invocation, std::string_view option, json::object& body,
                          std::string_view member)
{
    if (const auto path = invocation.find(option)) {
        std::string picture;
        if (!path->empty()) {
            TRY(picture, read_input(*path));
        }
        body[json::string_view{member.data(), member.size()}] = base64url_encode(as_bytes(picture));
    }
    return ok();
}

CommandResult branding(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_path(invocation));
    json::object body;
    set_if_given(invocation, "name", body, "name");
    set_if_given(invocation, "primary-color", body, "primaryColor");
    set_if_given(invocation, "accent-color", body, "accentColor");
    TRY(set_picture(invocation, "logo", body, "logoPng"));
    TRY(set_picture(invocation, "dark-logo", body, "logoDarkPng"));
    if (!body.empty()) {
        return update_members(invocation, environment, path + "/branding", body);
    }
    TRY(auto&& answer, ConsoleClient(invocation, environment).get(path + "/branding"));
    return show_answer(invocation, answer);
}

CommandResult registration_token(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, project_path(invocation));
    json::object body;
    if (const auto uses = invocation.find("uses")) {
        body["uses"] = *uses;
    }
    set_if_given(invocation, "expires", body, "expireTime");
    body["trusted"] = invocation.has("trusted");
    TRY(auto&& answer,
        ConsoleClient(invocation, environment).call("POST", path + "/initial-access-tokens", body));
    return show_answer(invocation, answer);
}

constexpr Option create_options[] = {
    {"slug", "SLUG", "[a-z0-9-], unique; part of the issuer; never changes"},
    {"display-name", "NAME", "for people; the slug when left out"},
    {"shared-keyring", "LABEL", "enrol the realm in this keyring instead of one of its own"},
    {"single-organization", "", "everybody belongs to one organization that nobody sees; for ever"},
    socket_option};
constexpr Option update_options[] = {
    {"set", "FIELD=VALUE", "a field of the project in lowerCamelCase; may be repeated"},
    {"secret-from-stdin", "FIELD", "a secret field, read from standard input"},
    socket_option};
constexpr Option branding_options[] = {
    {"name", "NAME", "in place of the project's; empty: none"},
    {"primary-color", "#RRGGBB", "of buttons; empty: Tessera's own"},
    {"accent-color", "#RRGGBB", "of links and the focus ring"},
    {"logo", "FILE", "a PNG of at most 1,024 pixels a side; - is standard input, empty takes it away"},
    {"dark-logo", "FILE", "the same for dark pages"},
    socket_option};
constexpr Option registration_options[] = {
    {"uses", "COUNT", "how many clients may register with it; 1 when left out"},
    {"expires", "TIME", "RFC 3339; a day from now when left out"},
    {"trusted", "", "vouch for the clients that register with it"},
    socket_option};
constexpr Option plain_options[] = {socket_option};

constexpr Command table[] = {
    {"project", "create", "", "Make a project and its realm with a keyring.", create_options, create},
    {"project", "list", "", "All projects by slug.", plain_options, list},
    {"project", "show", "PROJECT", "One project.", plain_options, show},
    {"project", "update", "PROJECT", "Change settings of a project; fields not named stay.", update_options,
     update},
    {"project", "branding", "PROJECT", "Show the look of its hosted pages, or change what is given.",
     branding_options, branding},
    {"project", "registration-token", "PROJECT",
     "Make an initial access token for dynamic client registration; prints it once.", registration_options,
     registration_token},
    {"project", "disable", "PROJECT", "The realm stops answering within a second.", plain_options, disable},
    {"project", "enable", "PROJECT", "The realm answers again.", plain_options, enable},
};

}  // namespace

std::span<const Command> project_commands() { return table; }

}  // namespace tessera::commands
