// tessera client create|list|show|update|disable|enable|delete
#include <algorithm>

#include "daemon/commands/client_arguments.hpp"
#include "daemon/commands/command.hpp"

namespace tessera::commands {

namespace {

// "https://api.example=read,write"; the last "=" parts them, since a URI may hold one.
Result<json::object, CommandError> parse_access(const std::string& text)
{
    const auto equals = text.rfind('=');
    if (equals == std::string::npos) {
        return CommandError{Exit::usage, "--access takes URI=scope,scope"};
    }
    json::object access;
    access["resource"] = text.substr(0, equals);
    access["scopes"] = split_list(text.substr(equals + 1));
    return access;
}

// What a kind of application is registered with when nothing else is said.
struct Template {
    std::string_view name;
    std::string_view profile;
    std::string_view auth_method;
    std::string_view application_type;
    bool has_users;
};

constexpr Template templates[] = {
    {"spa", "mcp_public", "none", "browser", true},
    {"web", "web_confidential", "client_secret_basic", "web", true},
    {"native", "mcp_public", "none", "native", true},
    {"machine", "workload", "client_secret_basic", "web", false},
};

CommandResult take_template(const Invocation& invocation, json::object& client)
{
    const auto name = invocation.find("template");
    if (!name) {
        return ok();
    }
    const auto* found = std::ranges::find(templates, *name, &Template::name);
    if (found == std::end(templates)) {
        return CommandError{Exit::usage, "--template is spa, web, native or machine"};
    }
    client["profile"] = std::string{found->profile};
    client["tokenEndpointAuthMethod"] = std::string{found->auth_method};
    client["applicationType"] = std::string{found->application_type};
    client["grantTypes"] = found->has_users ? json::array{"authorization_code", "refresh_token"}
                                            : json::array{"client_credentials"};
    return ok();
}

Result<json::object, CommandError> client_of(const Invocation& invocation)
{
    json::object client;
    TRY(take_template(invocation, client));
    set_if_given(invocation, "display-name", client, "displayName");
    set_if_given(invocation, "application-type", client, "applicationType");
    set_list_if_given(invocation, "redirect-uri", client, "redirectUris");
    set_list_if_given(invocation, "post-logout-redirect-uri", client, "postLogoutRedirectUris");
    set_list_if_given(invocation, "grant-type", client, "grantTypes");
    set_list_if_given(invocation, "scope", client, "scopes");
    set_if_given(invocation, "auth-method", client, "tokenEndpointAuthMethod");
    set_if_given(invocation, "auth-signing-alg", client, "tokenEndpointAuthSigningAlg");
    set_if_given(invocation, "profile", client, "profile");
    set_if_given(invocation, "default-resource", client, "defaultResource");
    set_if_given(invocation, "assertion-audience", client, "assertionAudience");
    set_if_given(invocation, "token-alg", client, "accessTokenSigningAlg");
    if (const auto lifetime = invocation.find("token-lifetime")) {
        const auto number = parse_json(*lifetime, {.bytes_max = 16, .depth_max = 1});
        if (number.has_error() || !number.value().is_int64()) {
            return CommandError{Exit::usage, "--token-lifetime takes whole seconds"};
        }
        client["accessTokenLifetimeS"] = number.value();
    }
    if (const auto path = invocation.find("jwks")) {
        TRY(auto jwks, read_input(*path));
        client["jwks"] = jwks;
    }
    TRY(take_assignments(invocation, client));
    return client;
}

CommandResult create(const Invocation& invocation, const Environment& environment)
{
    TRY(auto collection, clients_path(invocation));
    TRY(auto&& client, client_of(invocation));
    json::array access;
    for (const std::string& text : invocation.find_all("access")) {
        TRY(auto&& one, parse_access(text));
        access.push_back(std::move(one));
    }
    json::object body;
    body["client"] = std::move(client);
    body["access"] = std::move(access);
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("POST", collection, body));
    json::object printed;
    printed["client_id"] = text_of(answer.get_object()["client"], "id");
    if (const std::string secret = text_of(answer, "clientSecret"); !secret.empty()) {
        printed["client_secret"] = secret;
    }
    if (invocation.json()) {
        printed["client"] = answer.get_object()["client"];
        print_json(printed);
    } else {
        print_record(printed);
    }
    return ok();
}

CommandResult list(const Invocation& invocation, const Environment& environment)
{
    TRY(auto collection, clients_path(invocation));
    TRY(auto&& clients, ConsoleClient(invocation, environment).get_all(collection, Query{}, "clients"));
    if (invocation.json()) {
        print_json(json::object{{"clients", clients}});
    } else {
        print_table({{"ID", "id"},
                     {"NAME", "displayName"},
                     {"PROFILE", "profile"},
                     {"METHOD", "tokenEndpointAuthMethod"},
                     {"DISABLED", "disabled"}},
                    clients);
    }
    return ok();
}

CommandResult show(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).get(path));
    return show_answer(invocation, answer);
}

CommandResult update(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto&& body, client_of(invocation));
    return update_members(invocation, environment, path, body);
}

CommandResult disable(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    return post_verb(invocation, environment, path, "disable");
}

CommandResult enable(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    return post_verb(invocation, environment, path, "enable");
}

CommandResult remove(const Invocation& invocation, const Environment& environment)
{
    TRY(auto path, client_path(invocation));
    TRY(auto&& answer, ConsoleClient(invocation, environment).call("DELETE", path, {}));
    return show_answer(invocation, answer);
}

#define CLIENT_FIELDS                                                                                        \
    {"display-name", "NAME", "for people"},                                                                  \
        {"auth-method", "METHOD", "client_secret_basic, client_secret_post, private_key_jwt or none"},       \
        {"auth-signing-alg", "ALG", "of client assertions: ES256, RS256, PS256 or EdDSA"},                   \
        {"profile", "NAME", "mcp_public, web_confidential, oidc_legacy, fapi2, workload or agent"},          \
        {"jwks", "FILE", "public keys of private_key_jwt; - is standard input"},                             \
        {"default-resource", "URI", "audience when none is asked for"},                                      \
        {"assertion-audience", "POLICY", "issuer or issuer_or_endpoint"},                                    \
        {"token-alg", "ALG", "access tokens are signed with; the keyring's default when left out"},          \
        {"token-lifetime", "SECONDS", "of its access tokens; 0 is the project's"},                           \
        {"application-type", "TYPE", "web, native or browser"},                                              \
        {"redirect-uri", "URI", "where its users come back to, exactly; may be repeated, replaces all"},     \
        {"post-logout-redirect-uri", "URI", "where they go after a logout; may be repeated"},                \
        {"grant-type", "TYPE", "authorization_code, refresh_token, client_credentials; may be repeated"},    \
        {"scope", "SCOPE", "of openid, profile, email, address, phone, offline_access; may be repeated"},    \
        set_option, project_option, socket_option

constexpr Option create_options[] = {
    {"template", "KIND",
     "spa, web, native or machine: its profile, method and grants; other options go first"},
    {"access", "URI=SCOPES", "what it may ask for at a resource, scopes parted by commas; may be repeated"},
    CLIENT_FIELDS};
constexpr Option update_options[] = {CLIENT_FIELDS};
constexpr Option plain_options[] = {project_option, socket_option};

#undef CLIENT_FIELDS

constexpr Command table[] = {
    {"client", "create", "", "Register a client; prints its id and, once, its secret.", create_options,
     create},
    {"client", "list", "", "The clients of a project.", plain_options, list},
    {"client", "show", "CLIENT", "One client with its secrets' hints and what it may ask for.", plain_options,
     show},
    {"client", "update", "CLIENT", "Change a client; options not given stay.", update_options, update},
    {"client", "disable", "CLIENT", "It gets no token from now on.", plain_options, disable},
    {"client", "enable", "CLIENT", "It gets tokens again.", plain_options, enable},
    {"client", "delete", "CLIENT", "Remove a client with its secrets.", plain_options, remove},
};

}  // namespace

std::span<const Command> client_commands() { return table; }

}  // namespace tessera::commands
