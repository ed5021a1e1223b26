#include <algorithm>
#include <utility>

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

namespace {

AuthorizeRefusal unknown_client(std::string detail)
{
    return {{ErrorCode::invalid_client, "The app is not known here.", std::move(detail)}, Tell::page};
}

bool is_twice(const http::Form& form, std::string_view name) { return form.find_all(name).size() > 1; }

}  // namespace

// docs/spec-map.md X-08: who asks and where the answer goes is settled before anything is sent there.
Async<Outcome> find_client(AuthorizeContext& context)
{
    const auto text = context.form.find("client_id");
    if (!text) {
        co_return malformed("client_id is missing.", "no client_id", Tell::page);
    }
    if (is_twice(context.form, "client_id") || is_twice(context.form, "redirect_uri")) {
        co_return malformed("A parameter occurs more than once.", "client_id or redirect_uri twice",
                            Tell::page);
    }
    const auto id = ClientId::parse(*text);
    if (!id) {
        co_return unknown_client("client_id is none");
    }
    auto found = co_await context.front.realms.find_client(context.realm->project.id, *id);
    if (!found) {
        co_return AuthorizeRefusal{from_store(found.error()), Tell::page};
    }
    if (found.value() == nullptr || found.value()->client.disabled) {
        co_return unknown_client(found.value() == nullptr ? "no such client" : "client disabled");
    }
    context.profile = find_profile(found.value()->client.settings.profile);
    if (context.profile == nullptr) {
        co_return unknown_client("profile unknown");
    }
    context.client = std::move(found.value());
    context.request.client = *id;
    co_return go_on();
}

}  // namespace tessera::oauth
