#include <utility>

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

// OpenID Connect Core §5.5.
Async<Outcome> check_claims(AuthorizeContext& context)
{
    const auto text = context.form.find("claims");
    if (!text) {
        co_return go_on();
    }
    auto parsed = oidc::parse_claims_parameter(*text);
    if (!parsed) {
        co_return malformed("claims is not a well-formed claims request.", "claims");
    }
    context.claims = std::move(*parsed);
    context.request.claims = *text;
    co_return go_on();
}

}  // namespace tessera::oauth
