// tessera resource …
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

Result<std::string, CommandError> resources_path(const Invocation& invocation)
{
    return project_member_path(invocation, "resources");
}

// A URI cannot stand in a path: it is looked up first.
Result<std::string, CommandError> resource_path(const Invocation& invocation, const ConsoleClient& console)
{
    TRY(auto collection, resources_path(invocation));
    TRY(auto reference, invocation.argument(0, "RESOURCE (a URI or an id)"));
    if (reference.find(':') != std::string::npos) {
        TRY(auto&& found, console.get_all(collection, Query{}.add("uri", reference), "resources"));
        if (found.empty()) {
            return CommandError{Exit::refused, "no resource " + reference + " in this project"};
        }
        reference = text_of(found[0], "id");
    }
    return collection + "/" + path_segment(reference);
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto collection, resources_path(invocation));
    TRY(auto uri, invocation.load("uri"));
    json::object resource;
    resource["uri"] = uri;
    resource["displayName"] = invocation.find("display-name").value_or(uri);
    json::array scopes;
    for (const std::string& name : invocation.find_all("scope")) {
        scopes.push_back(json::object{{"name", name}});
    }
    json::object body;
    body["resource"] = std::move(resource);
    body["scopes"] = std::move(scopes);
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", collection, body));
    return show_answer(invocation, answer);
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto collection, resources_path(invocation));
    TRY(auto&& resources, ConsoleClient(invocation, environment).get_all(collection, Query{}, "resources"));
    if (invocation.json()) {
        print_json(json::object{{"resources", resources}});
    } else {
        print_table({{"URI", "uri"}, {"NAME", "displayName"}, {"ID", "id"}}, resources);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, resource_path(invocation, console));
    TRY(auto&& answer, console.get(path));
    return show_answer(invocation, answer);
}

CommandResult update(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, resource_path(invocation, console));
    json::object settings;
    std::string mask;
    if (const auto name = invocation.find("display-name")) {
        settings["displayName"] = *name;
        mask = "displayName";
    }
    if (const auto client = invocation.find("introspection-client")) {
        settings["introspectionClientId"] = *client;
        mask += mask.empty() ? "introspectionClientId" : ",introspectionClientId";
    }
    TRY(auto&& answer, console.call("PATCH", Query{}.add("updateMask", mask).target(path), settings));
    return show_answer(invocation, answer);
}

CommandResult remove(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, resource_path(invocation, console));
    TRY(auto&& answer, console.call("DELETE", path, {}));
    return show_answer(invocation, answer);
}

CommandResult scope_put(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, resource_path(invocation, console));
    TRY(auto scope, invocation.load("scope"));
    json::object body;
    body["name"] = scope;
    body["description"] = invocation.find("description").value_or("");
    TRY(auto&& answer, console.call("PUT", path + "/scopes", body));
    return show_answer(invocation, answer);
}

CommandResult scope_delete(const Invocation& invocation, const Environment& environment)
{
    const ConsoleClient console{invocation, environment};
    TRY(auto path, resource_path(invocation, console));
    TRY(auto scope, invocation.load("scope"));
    TRY(auto&& answer, console.call("DELETE", Query{}.add("name", scope).target(path + "/scopes"), {}));
    return show_answer(invocation, answer);
}

constexpr Option create_options[] = {{"uri", "URI", "absolute, without fragment: what goes into aud"},
                                     {"display-name", "NAME", "for people; the URI when left out"},
                                     {"scope", "NAME", "a scope it knows; may be repeated"},
                                     project_option,
                                     socket_option};
constexpr Option update_options[] = {
    {"display-name", "NAME", "for people"},
    {"introspection-client", "CLIENT", "the client that may introspect its tokens; empty: none"},
    project_option,
    socket_option};
constexpr Option scope_options[] = {{"scope", "NAME", "RFC 6749 scope-token"},
                                    {"description", "TEXT", "for people"},
                                    project_option,
                                    socket_option};
constexpr Option plain_options[] = {project_option, socket_option};

constexpr Command table[] = {
    {"resource", "create", "", "Register an API or MCP server that tokens are for.", create_options, create},
    {"resource", "list", "", "The resources of a project.", plain_options, list},
    {"resource", "show", "RESOURCE", "One resource with its scopes.", plain_options, show},
    {"resource", "update", "RESOURCE", "Change what is given.", update_options, update},
    {"resource", "delete", "RESOURCE", "Remove a resource; no client may ask for it any more.", plain_options,
     remove},
    {"resource", "scope-put", "RESOURCE", "Add a scope or change its description.", scope_options, scope_put},
    {"resource", "scope-delete", "RESOURCE", "Remove a scope, also from every client.", scope_options,
     scope_delete},
};

}  // namespace

std::span<const Command> resource_commands() { return table; }

}  // namespace tessera::commands
