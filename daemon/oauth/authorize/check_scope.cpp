#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/token/scope.hpp"
#include "daemon/oauth/token/target.hpp"

namespace tessera::oauth {

namespace {

bool contains(const std::vector<std::string>& texts, std::string_view text)
{
    return std::ranges::find(texts, text) != texts.end();
}

// A client that could not use it is not given it: there is nothing to keep (OpenID Connect Core §11).
bool may_be_offline(const AuthorizeContext& context)
{
    return context.profile->allows_grant_type("refresh_token")
           && contains(context.settings().grant_types, "refresh_token");
}

// What is asked for about the person alone is for nobody's API: the realm's own is where it is read (docs/spec-map.md RI-07).
Async<Result<std::vector<Target>, OAuthError>> find_targets_of(AuthorizeContext& context,
                                                               const std::vector<std::string_view>& scopes)
{
    const auto resources = context.form.find_all("resource");
    if (resources.empty() && !scopes.empty() && std::ranges::all_of(scopes, is_identity_scope)) {
        std::vector<Target> own;
        own.push_back({own_api_of(*context.realm), nullptr, {}});
        co_return own;
    }
    co_return co_await find_targets(
        {context.front, context.realm, *context.client, *context.profile, context.profile->reach}, resources);
}

}  // namespace

// RFC 6749 §3.3, RFC 8707 §2.1: what may be granted of what is asked for. A scope counts where a resource of the request knows it.
Async<Outcome> check_scope(AuthorizeContext& context)
{
    const auto text = context.form.find("scope");
    std::vector<std::string_view> asked;
    if (text) {
        auto tokens = parse_scope(*text);
        if (!tokens) {
            co_return AuthorizeRefusal{invalid_scope("scope is malformed")};
        }
        asked = std::move(*tokens);
    }
    auto targets = co_await find_targets_of(context, asked);
    if (!targets) {
        co_return AuthorizeRefusal{std::move(targets.error())};
    }
    const auto available = scopes_at(targets.value());
    std::vector<std::string_view> granted = text ? asked : available;
    const auto is_unknown = [&](std::string_view scope) {
        return is_identity_scope(scope) ? !contains(context.settings().scopes, scope)
                                        : !std::ranges::binary_search(available, scope);
    };
    if (std::erase_if(granted, is_unknown) > 0 && context.profile->unknown_scope == UnknownScope::refuse) {
        co_return AuthorizeRefusal{invalid_scope("a scope the client may not have")};
    }
    if (!may_be_offline(context)) {
        std::erase(granted, "offline_access");
    }
    if (text && granted.empty()) {
        co_return AuthorizeRefusal{invalid_scope("none of the scopes is the client's")};
    }
    context.request.scope = join_scope(granted);
    for (const Target& target : targets.value()) {
        context.request.resources.push_back(target.uri);
    }
    co_return go_on();
}

}  // namespace tessera::oauth
