#include "daemon/oauth/token/target.hpp"

#include <algorithm>
#include <utility>

#include "daemon/oauth/token/scope.hpp"
#include "daemon/resource_uri.hpp"

namespace tessera::oauth {

namespace {

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

const storage::ClientAccess* find_access(const storage::ClientRecord& record, ResourceId resource)
{
    const auto found = std::ranges::find(record.access, resource, &storage::ClientAccess::resource);
    return found == record.access.end() ? nullptr : &*found;
}

std::string own_api_of(const Realm& realm) { return realm.issuer + "/api"; }

// A resource named by the request or by the project's default.
Async<Result<Target, OAuthError>> find_target(const TokenRequest& request, std::string_view uri)
{
    auto normalized = normalize_resource_uri(uri);
    if (!normalized) {
        co_return invalid_target("resource is no absolute URI without a fragment");
    }
    auto found = co_await request.front.realms.find_resource(request.realm->project.id, *normalized);
    if (!found) {
        co_return from_store(found.error());
    }
    ResourcePtr resource = std::move(found.value());
    if (resource == nullptr) {
        std::string own_api = own_api_of(*request.realm);
        if (*normalized == normalize_resource_uri(own_api)) {
            co_return Target{std::move(own_api), nullptr, nullptr};
        }
        co_return invalid_target("resource is not registered");
    }
    const storage::ClientAccess* access = find_access(request.record(), resource->id);
    if (access == nullptr) {
        co_return invalid_target("the client has no access to the resource");
    }
    co_return Target{resource->uri, access, std::move(resource)};
}

// docs/spec-map.md RI-07: never an omnibus audience.
Async<Result<Target, OAuthError>> default_target(const TokenRequest& request)
{
    const storage::ClientRecord& record = request.record();
    if (record.client.settings.default_resource) {
        const storage::ClientAccess* access = find_access(record, *record.client.settings.default_resource);
        if (access == nullptr) {
            co_return invalid_target("the client has no access to its default resource");
        }
        co_return Target{access->resource_uri, access, nullptr};
    }
    const auto& of_project = request.realm->project.settings.default_resource_uri;
    if (of_project) {
        co_return co_await find_target(request, *of_project);
    }
    co_return Target{own_api_of(*request.realm), nullptr, nullptr};
}

bool knows(const Target& target, std::string_view scope)
{
    if (target.resource == nullptr) {
        return false;
    }
    return std::ranges::any_of(target.resource->scopes,
                               [scope](const storage::ResourceScope& each) { return each.name == scope; });
}

bool has(const Target& target, std::string_view scope)
{
    return target.access != nullptr
           && std::ranges::find(target.access->scopes, scope) != target.access->scopes.end();
}

// RFC 9068 §3: every resource of the audience would read the scope as its own. Asked of all the resource's scopes, not
// only of the client's: a resource honours a scope it knows, whoever was given it.
bool is_ambiguous(const std::vector<Target>& targets, std::string_view scope)
{
    return targets.size() > 1
           && std::ranges::count_if(targets, [&](const Target& target) { return knows(target, scope); }) > 1;
}

std::vector<std::string_view> all_scopes(const std::vector<Target>& targets)
{
    std::vector<std::string_view> all;
    for (const Target& target : targets) {
        if (target.access != nullptr) {
            all.insert(all.end(), target.access->scopes.begin(), target.access->scopes.end());
        }
    }
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return all;
}

}  // namespace

Async<Result<std::vector<Target>, OAuthError>> find_targets(const TokenRequest& request)
{
    const auto asked = request.form.find_all("resource");
    std::vector<Target> targets;
    if (asked.empty()) {
        CO_TRY(auto&& target, co_await default_target(request));
        targets.push_back(std::move(target));
        co_return targets;
    }
    if (asked.size() > (request.profile.resources == Resources::one ? 1 : resources_max)) {
        co_return invalid_target("more resources than the profile allows");
    }
    for (const std::string_view uri : asked) {
        CO_TRY(auto&& target, co_await find_target(request, uri));
        if (std::ranges::find(targets, target.uri, &Target::uri) == targets.end()) {
            targets.push_back(std::move(target));
        }
    }
    co_return targets;
}

Result<std::string, OAuthError> grant_scopes(const TokenRequest& request, const std::vector<Target>& targets)
{
    const auto asked = request.form.find("scope");
    std::vector<std::string_view> granted = all_scopes(targets);
    if (asked) {
        auto tokens = parse_scope(*asked);
        if (!tokens) {
            return invalid_scope("scope is malformed");
        }
        const auto unknown = [&](std::string_view scope) {
            return std::ranges::none_of(targets, [&](const Target& target) { return has(target, scope); });
        };
        if (std::erase_if(*tokens, unknown) > 0 && request.profile.unknown_scope == UnknownScope::refuse) {
            return invalid_scope("a scope the client does not have at the resource");
        }
        if (tokens->empty()) {
            return invalid_scope("none of the scopes is the client's");
        }
        granted = std::move(*tokens);
    }
    for (const std::string_view scope : granted) {
        if (is_ambiguous(targets, scope)) {
            return OAuthError{
                ErrorCode::invalid_target,
                "A scope means something at more than one of the resources: ask for them one by one.",
                "ambiguous scope"};
        }
    }
    return join_scope(granted);
}

}  // namespace tessera::oauth
