#include <algorithm>
#include <utility>

#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/oidc/claims.hpp"
#include "daemon/resource_uri.hpp"
#include "daemon/transact.hpp"

namespace tessera::oauth {

namespace {

using storage::GrantedScope;

// The scopes a claim asked for by name belongs to, as far as the client may have them: allowed like the scope itself.
void add_scopes_of_claims(const AuthorizeContext& context, std::vector<std::string>& scopes)
{
    for (const auto* names : {&context.claims.userinfo, &context.claims.id_token}) {
        for (const std::string& name : *names) {
            const oidc::Claim* claim = oidc::find_claim(name);
            const auto& allowed = context.settings().scopes;
            if (claim != nullptr && std::ranges::find(allowed, claim->scope) != allowed.end()) {
                scopes.emplace_back(claim->scope);
            }
        }
    }
}

bool knows(const storage::Resource& resource, std::string_view scope)
{
    return std::ranges::any_of(resource.scopes,
                               [&](const storage::ResourceScope& each) { return each.name == scope; });
}

bool covers(const std::optional<storage::Grant>& grant, const GrantedScope& wanted)
{
    return grant && std::ranges::find(grant->scopes, wanted) != grant->scopes.end();
}

// OAuth 2.1 §7.3.1: anybody's program on the device could be asking.
bool is_always_asked(const AuthorizeContext& context)
{
    return context.profile->consent == Consent::remember_unless_native
           && context.settings().token_endpoint_auth_method == "none"
           && is_native_redirect(context.request.redirect_uri);
}

// OpenID Connect Core §11: without an explicit yes a client that wants to stay is not let; without a person there is no yes.
void drop_offline_access(AuthorizeContext& context, std::vector<GrantedScope>& missing)
{
    const auto offline = std::ranges::find(missing, std::string_view{"offline_access"}, &GrantedScope::scope);
    if (offline == missing.end()) {
        return;
    }
    missing.erase(offline);
    auto tokens = parse_scope(context.request.scope).value_or(std::vector<std::string_view>{});
    std::erase(tokens, "offline_access");
    context.request.scope = join_scope(tokens);
}

Async<Outcome> send_to_consent(AuthorizeContext& context)
{
    CO_TRY(co_await store_request(context));
    http::Response response;
    response.status = 302;
    response.set("Location", context.path() + "/consent?request=" + context.request.id.to_string());
    response.set("Cache-Control", "no-store");
    co_return std::optional{std::move(response)};
}

}  // namespace

Async<Result<std::vector<GrantedScope>, AuthorizeRefusal>> scopes_to_allow(AuthorizeContext& context)
{
    std::vector<GrantedScope> wanted;
    std::vector<std::string> identity;
    std::vector<std::string> others;
    for (const std::string_view scope :
         parse_scope(context.request.scope).value_or(std::vector<std::string_view>{})) {
        (is_identity_scope(scope) ? identity : others).emplace_back(scope);
    }
    add_scopes_of_claims(context, identity);
    std::ranges::sort(identity);
    identity.erase(std::ranges::unique(identity).begin(), identity.end());
    for (std::string& scope : identity) {
        wanted.push_back({{}, std::move(scope)});
    }
    for (const std::string& uri : context.request.resources) {
        if (others.empty()) {
            break;
        }
        auto found = co_await context.front.realms.find_resource(
            context.realm->project.id, normalize_resource_uri(uri).value_or(std::string{}));
        if (!found) {
            co_return AuthorizeRefusal{from_store(found.error())};
        }
        for (const std::string& scope : others) {
            if (found.value() != nullptr && knows(*found.value(), scope)) {
                wanted.push_back({uri, scope});
            }
        }
    }
    co_return wanted;
}

// RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.4.
Async<Outcome> ask_consent(AuthorizeContext& context)
{
    if (context.settings().skip_consent) {
        co_return go_on();
    }
    CO_TRY(auto&& missing, co_await scopes_to_allow(context));
    auto grant = co_await transact(context.front, context.realm->project.id, [&](storage::Transaction& tx) {
        return storage::find_grant(tx, context.session->user, context.request.client);
    });
    if (!grant) {
        co_return AuthorizeRefusal{from_store(grant.error())};
    }
    if (grant.value()) {
        context.grant = grant.value()->id;
    }
    if (context.request.consent_user == context.session->user) {
        co_return go_on();
    }
    std::erase_if(missing, [&](const GrantedScope& each) { return covers(grant.value(), each); });
    if (context.has_prompt("none")) {
        drop_offline_access(context, missing);
        if (!missing.empty() || !grant.value() || is_always_asked(context)) {
            co_return AuthorizeRefusal{{ErrorCode::consent_required, "The person has not allowed this yet.",
                                        "prompt none and no consent"}};
        }
        co_return go_on();
    }
    const bool is_asked = context.has_prompt("consent") || is_always_asked(context);
    if (!is_asked && grant.value() && missing.empty()) {
        co_return go_on();
    }
    co_return co_await send_to_consent(context);
}

}  // namespace tessera::oauth
