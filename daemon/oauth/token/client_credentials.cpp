#include "daemon/oauth/token/grant.hpp"
#include "daemon/oauth/token/target.hpp"

namespace tessera::oauth {

Async<Result<TokenOrder, OAuthError>> client_credentials(const TokenRequest& request)
{
    CO_TRY(auto&& targets, co_await find_targets(request));
    CO_TRY(auto&& scope, grant_scopes(request, targets));
    TokenOrder order;
    // RFC 9068 §2.2: without a resource owner, sub identifies the client. Ids carry their kind, so no collision.
    order.subject = request.record().client.id.to_string();
    for (Target& target : targets) {
        order.audience.push_back(std::move(target.uri));
    }
    order.scope = std::move(scope);
    co_return order;
}

}  // namespace tessera::oauth
