#include "daemon/oauth/token/person.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "daemon/audit/catalogue.hpp"
#include "daemon/audit/event.hpp"
#include "daemon/oauth/token/issue.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/oauth/token/target.hpp"
#include "daemon/resource_uri.hpp"
#include "storage/repositories/once_values.hpp"

namespace tessera::oauth {

namespace {

enum class Left { some, all };

// A resource as it is registered now; null for the realm's own API.
Async<Result<ResourcePtr, OAuthError>> find_registered(const TokenRequest& request, std::string uri)
{
    auto normalized = normalize_resource_uri(uri);
    if (!normalized) {
        co_return invalid_target("resource is no absolute URI without a fragment");
    }
    auto found = co_await request.front.realms.find_resource(request.realm->project.id, *normalized);
    if (!found) {
        co_return from_store(found.error());
    }
    if (found.value() == nullptr && *normalized != normalize_resource_uri(own_api_of(*request.realm))) {
        co_return invalid_target("resource is not registered");
    }
    co_return std::move(found.value());
}

// Of `uris` those the client may still have, each with the scopes it may still have there: access that was withdrawn since the person
// allowed it is refused where it is asked for by name, and else left out.
Async<Result<std::vector<Target>, OAuthError>> targets_left(const TokenRequest& request,
                                                            const std::vector<std::string>& uris, Left left)
{
    std::vector<Target> targets;
    for (const std::string& uri : uris) {
        auto found = co_await find_targets(
            {request.front, request.realm, request.record(), request.profile, request.profile.reach}, {uri});
        if (found) {
            targets.push_back(std::move(found.value().front()));
        } else if (left == Left::all || found.error().code != ErrorCode::invalid_target) {
            co_return std::move(found.error());
        }
    }
    if (targets.empty()) {
        co_return invalid_target("none of the resources is the client's any more");
    }
    co_return targets;
}

audit::Event event_of(const TokenRequest& request, audit::EventType type)
{
    audit::Event event{.type = type};
    audit::add_request(event, request.request);
    event.project = request.realm->project.id;
    event.client_id = request.record().client.id.to_string();
    event.principal.kind = audit::PrincipalKind::user;
    event.authority = "grant_type=" + std::string{request.grant_type};
    return event;
}

}  // namespace

Async<Result<std::vector<std::string>, OAuthError>> asked_resources(const TokenRequest& request)
{
    const auto asked = request.form.find_all("resource");
    if (asked.size() > (request.profile.resources == Resources::one ? 1 : resources_max)) {
        co_return invalid_target("more resources than the profile allows");
    }
    std::vector<std::string> resources;
    for (const std::string_view uri : asked) {
        CO_TRY(auto&& resource, co_await find_registered(request, std::string{uri}));
        std::string registered = resource != nullptr ? resource->uri : own_api_of(*request.realm);
        if (std::ranges::find(resources, registered) == resources.end()) {
            resources.push_back(std::move(registered));
        }
    }
    co_return resources;
}

Async<Result<Extent, OAuthError>> extent_of(const TokenRequest& request, const storage::TokenFamily& family,
                                            std::vector<std::string> resources,
                                            std::vector<std::string> scopes)
{
    const bool is_narrowed = !resources.empty();
    const std::vector<std::string>& uris = is_narrowed ? resources : family.resources;
    CO_TRY(auto&& targets, co_await targets_left(request, uris, is_narrowed ? Left::all : Left::some));
    std::vector<std::string_view> wanted{scopes.begin(), scopes.end()};
    if (scopes.empty()) {
        wanted = parse_scope(family.scope).value_or(std::vector<std::string_view>{});
    }
    const auto known = scopes_at(targets);
    const auto& of_client = request.record().client.settings.scopes;
    const bool had_any = !wanted.empty();
    std::erase_if(wanted, [&](std::string_view scope) {
        return is_identity_scope(scope) ? std::ranges::find(of_client, scope) == of_client.end()
                                        : !std::ranges::binary_search(known, scope);
    });
    if (had_any && wanted.empty() && !is_narrowed) {
        co_return invalid_scope("nothing of the scope is the client's any more");
    }
    CO_TRY(check_unambiguous(targets, wanted));
    Extent extent{{}, join_scope(wanted)};
    for (Target& target : targets) {
        extent.audience.push_back(std::move(target.uri));
    }
    co_return extent;
}

storage::AuditRow issued_event(const TokenRequest& request, const std::string& jti,
                               const std::vector<std::string>& resources,
                               const std::vector<std::string>& scopes)
{
    audit::Event event = event_of(request, audit::EventType::oauth_token_issued);
    event.target = {"resource", resources.empty() ? std::string{} : resources.front()};
    event.body.emplace("jti", jti);
    event.body.emplace("family", "");
    event.body.emplace("expire_time", to_unix_s(request.now) + access_token_lifetime_s(request));
    event.body.emplace("auth_method", request.client.method);
    event.body.emplace("grant_type", request.grant_type);
    // What is not narrowed is what oauth.authorization.granted says of the family, less what was withdrawn from the client since.
    if (!resources.empty()) {
        event.body.emplace("resources", json::array(resources.begin(), resources.end()));
    }
    if (!scopes.empty()) {
        const std::vector<std::string_view> views{scopes.begin(), scopes.end()};
        event.body.emplace("scope", join_scope(views));
    }
    return audit::to_row(event, request.now);
}

storage::AuditRow family_event(const TokenRequest& request, audit::EventType type,
                               const storage::TokenFamily& family, const std::string& jti)
{
    audit::Event event = event_of(request, type);
    event.principal.id = family.user.to_string();
    event.target = {"client", event.client_id};
    event.body.emplace("family", family.id.to_string());
    if (jti.empty()) {
        event.result = audit::EventResult::refused;
        event.error_code = to_string(ErrorCode::invalid_grant);
    } else {
        event.result = audit::EventResult::failed;
        event.body.emplace("jti", jti);
        event.body.emplace("grant_type", request.grant_type);
    }
    storage::AuditRow row = audit::to_row(event, request.now);
    row.session_id = family.session.to_string();
    return row;
}

Result<bool, storage::StoreError> spend_assertion(storage::Transaction& transaction,
                                                  const TokenRequest& request)
{
    if (!request.client.once) {
        return true;
    }
    return storage::consume_once_value(transaction, *request.client.once);
}

std::string new_refresh_token()
{
    std::array<std::uint8_t, 32> bytes;
    fill_random(bytes);
    return "tessera_refresh_" + base64url_encode(bytes);
}

}  // namespace tessera::oauth
