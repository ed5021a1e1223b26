#include "daemon/oauth/token/target.hpp"

#include <algorithm>
#include <utility>

#include "daemon/oauth/token/scope.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::oauth {

namespace {

const storage::ClientAccess* find_access(const storage::ClientRecord& record, ResourceId resource)
{
    const auto found = std::ranges::find(record.access, resource, &storage::ClientAccess::resource);
    return found == record.access.end() ? nullptr : &*found;
}

Target target_of(const storage::ClientAccess& access, ResourcePtr resource)
{
    return {access.resource_uri, std::move(resource), {access.scopes.begin(), access.scopes.end()}};
}

// A resource named by the request or by the project's default.
Async<Result<Target, OAuthError>> find_target(Asking asking, std::string_view uri)
{
    auto normalized = normalize_resource_uri(uri);
    if (!normalized) {
        co_return invalid_target("resource is no absolute URI without a fragment");
    }
    auto found = co_await asking.front.realms.find_resource(asking.realm->project.id, *normalized);
    if (!found) {
        co_return from_store(found.error());
    }
    ResourcePtr resource = std::move(found.value());
    if (resource == nullptr) {
        std::string own_api = own_api_of(*asking.realm);
        if (*normalized == normalize_resource_uri(own_api)) {
            co_return Target{std::move(own_api), nullptr, {}};
        }
        co_return invalid_target("resource is not registered");
    }
    if (const storage::ClientAccess* access = find_access(asking.record, resource->id)) {
        co_return target_of(*access, std::move(resource));
    }
    if (asking.reach == Reach::granted) {
        co_return invalid_target("the client has no access to the resource");
    }
    Target target{resource->uri, resource, {}};
    for (const storage::ResourceScope& scope : resource->scopes) {
        target.scopes.emplace_back(scope.name);
    }
    co_return target;
}

// docs/spec-map.md RI-07: never an omnibus audience.
Async<Result<Target, OAuthError>> default_target(Asking asking)
{
    const auto& of_client = asking.record.client.settings.default_resource;
    if (of_client) {
        const storage::ClientAccess* access = find_access(asking.record, *of_client);
        if (access == nullptr) {
            co_return invalid_target("the client has no access to its default resource");
        }
        co_return target_of(*access, nullptr);
    }
    const auto& of_project = asking.realm->project.settings.default_resource_uri;
    if (of_project) {
        co_return co_await find_target(asking, *of_project);
    }
    co_return Target{own_api_of(*asking.realm), nullptr, {}};
}

bool knows(const Target& target, std::string_view scope)
{
    if (target.resource == nullptr) {
        return false;
    }
    return std::ranges::any_of(target.resource->scopes,
                               [scope](const storage::ResourceScope& each) { return each.name == scope; });
}

// RFC 9068 §3: every resource of the audience would read the scope as its own. Asked of all the resource's scopes, not
// only of the client's: a resource honours a scope it knows, whoever was given it.
bool is_ambiguous(const std::vector<Target>& targets, std::string_view scope)
{
    return targets.size() > 1
           && std::ranges::count_if(targets, [&](const Target& target) { return knows(target, scope); }) > 1;
}

}  // namespace

OAuthError invalid_target(std::string detail)
{
    return {ErrorCode::invalid_target, "The resource is malformed, unknown or not available to this client.",
            std::move(detail)};
}

OAuthError invalid_scope(std::string detail)
{
    return {ErrorCode::invalid_scope, "The scope is malformed, unknown or not available to this client.",
            std::move(detail)};
}

std::string own_api_of(const Realm& realm) { return realm.issuer + "/api"; }

Async<Result<std::vector<Target>, OAuthError>> find_targets(Asking asking,
                                                            std::vector<std::string_view> resources)
{
    std::vector<Target> targets;
    if (resources.empty()) {
        CO_TRY(auto&& target, co_await default_target(asking));
        targets.push_back(std::move(target));
        co_return targets;
    }
    if (resources.size() > (asking.profile.resources == Resources::one ? 1 : resources_max)) {
        co_return invalid_target("more resources than the profile allows");
    }
    for (const std::string_view uri : resources) {
        CO_TRY(auto&& target, co_await find_target(asking, uri));
        if (std::ranges::find(targets, target.uri, &Target::uri) == targets.end()) {
            targets.push_back(std::move(target));
        }
    }
    co_return targets;
}

std::vector<std::string_view> scopes_at(const std::vector<Target>& targets)
{
    std::vector<std::string_view> all;
    for (const Target& target : targets) {
        all.insert(all.end(), target.scopes.begin(), target.scopes.end());
    }
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return all;
}

Result<void, OAuthError> check_unambiguous(const std::vector<Target>& targets,
                                           std::span<const std::string_view> scopes)
{
    if (std::ranges::any_of(scopes, [&](std::string_view scope) { return is_ambiguous(targets, scope); })) {
        return OAuthError{
            ErrorCode::invalid_target,
            "A scope means something at more than one of the resources: ask for them one by one.",
            "ambiguous scope"};
    }
    return ok();
}

Async<Result<std::vector<Target>, OAuthError>> find_targets(const TokenRequest& request)
{
    co_return co_await find_targets(
        {request.front, request.realm, request.record(), request.profile, Reach::granted},
        request.form.find_all("resource"));
}

Result<std::string, OAuthError> grant_scopes(const TokenRequest& request, const std::vector<Target>& targets)
{
    const auto asked = request.form.find("scope");
    std::vector<std::string_view> granted = scopes_at(targets);
    if (asked) {
        auto tokens = parse_scope(*asked);
        if (!tokens) {
            return invalid_scope("scope is malformed");
        }
        const auto unknown = [&](std::string_view scope) {
            return !std::ranges::binary_search(granted, scope);
        };
        if (std::erase_if(*tokens, unknown) > 0 && request.profile.unknown_scope == UnknownScope::refuse) {
            return invalid_scope("a scope the client does not have at the resource");
        }
        if (tokens->empty()) {
            return invalid_scope("none of the scopes is the client's");
        }
        granted = std::move(*tokens);
    }
    TRY(check_unambiguous(targets, granted));
    return join_scope(granted);
}

}  // namespace tessera::oauth
