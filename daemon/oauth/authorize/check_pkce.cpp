#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/proof/pkce.hpp"

namespace tessera::oauth {

// RFC 7636 §4.3, §4.4.1; OAuth 2.1 §4.1.1, §7.5.1.
Async<Outcome> check_pkce(AuthorizeContext& context)
{
    const auto challenge = context.form.find("code_challenge");
    const auto method = context.form.find("code_challenge_method");
    if (challenge) {
        // Without a method "plain" is meant, and plain proves nothing to whoever saw this request.
        if (method != "S256") {
            co_return malformed("code_challenge_method must be S256.", "code_challenge_method");
        }
        if (!is_code_challenge(*challenge)) {
            co_return malformed("code_challenge is malformed.", "code_challenge");
        }
        context.request.code_challenge = *challenge;
        co_return go_on();
    }
    if (method) {
        co_return malformed("code_challenge is missing.", "code_challenge_method alone");
    }
    const bool is_public = context.settings().token_endpoint_auth_method == "none";
    const bool has_instead = context.profile->pkce == Pkce::optional
                             || (context.profile->pkce == Pkce::required_or_nonce && context.request.nonce);
    if (is_public || !has_instead) {
        co_return malformed("code_challenge is required.", "no code_challenge");
    }
    co_return go_on();
}

}  // namespace tessera::oauth
