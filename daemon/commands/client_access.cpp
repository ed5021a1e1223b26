// tessera client secret-create|secret-delete|keys-set|access-grant|access-revoke
#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

CommandResult secret_create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    json::object body;
    if (invocation.has("stdin")) {
        TRY(auto secret, read_secret_line("client secret"));
        body["clientSecret"] = secret;
    }
    if (const auto expires = invocation.find("expires")) {
        body["expireTime"] = *expires;
    }
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", path + "/secrets", body));
    json::object printed;
    printed["secret_id"] = text_of(answer.get_object()["secret"], "id");
    if (const std::string secret = text_of(answer, "clientSecret"); !secret.empty()) {
        printed["client_secret"] = secret;
    }
    return show_answer(invocation, printed);
}

CommandResult secret_delete(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto secret, invocation.argument(1, "SECRET (an id)"));
    TRY(auto&& answer,
        ConsoleClient(invocation, environment).call("DELETE", path + "/secrets/" + path_segment(secret), {}));
    return show_answer(invocation, answer);
}

CommandResult keys_set(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto file, invocation.load("jwks"));
    TRY(auto jwks, read_input(file));
    json::object body;
    body["jwks"] = jwks;
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("PUT", path + "/keys", body));
    return show_answer(invocation, answer);
}

CommandResult access_grant(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto resource, invocation.load("resource"));
    json::object body;
    json::array scopes;
    for (const std::string& scope : invocation.find_all("scope")) {
        scopes.emplace_back(scope);
    }
    body["resource"] = resource;
    body["scopes"] = std::move(scopes);
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("PUT", path + "/access", body));
    return show_answer(invocation, answer);
}

CommandResult access_revoke(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto resource, invocation.load("resource"));
    const std::string target = Query{}.add("resource", resource).target(path + "/access");
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("DELETE", target, {}));
    return show_answer(invocation, answer);
}

constexpr Option secret_options[] = {
    {"stdin", "", "take the secret from standard input instead of making one"},
    {"expires", "TIME", "RFC 3339; it does not expire when left out"},
    project_option,
    socket_option};
constexpr Option keys_options[] = {
    {"jwks", "FILE", "a JWK Set of public keys; - is standard input"}, project_option, socket_option};
constexpr Option grant_options[] = {{"resource", "URI", "the resource, by URI or id"},
                                    {"scope", "NAME", "a scope of it; may be repeated"},
                                    project_option,
                                    socket_option};
constexpr Option revoke_options[] = {
    {"resource", "URI", "the resource, by URI or id"}, project_option, socket_option};
constexpr Option plain_options[] = {project_option, socket_option};

constexpr Command table[] = {
    {"client", "secret-create", "CLIENT",
     "A second secret beside the first, so that one rotates without an outage; printed once.", secret_options,
     secret_create},
    {"client", "secret-delete", "CLIENT SECRET", "This secret is refused from now on.", plain_options,
     secret_delete},
    {"client", "keys-set", "CLIENT", "Replace the public keys of private_key_jwt.", keys_options, keys_set},
    {"client", "access-grant", "CLIENT", "Set what the client may ask for at a resource.", grant_options,
     access_grant},
    {"client", "access-revoke", "CLIENT", "The client may ask for nothing at a resource.", revoke_options,
     access_revoke},
};

}  // namespace

std::span<const Command> client_access_commands() { return table; }

}  // namespace tessera::commands
