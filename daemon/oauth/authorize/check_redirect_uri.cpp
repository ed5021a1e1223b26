#include "daemon/oauth/authorize/context.hpp"
#include "daemon/oauth/authorize/redirect_uri.hpp"

namespace tessera::oauth {

// Stricter than RFC 6749 §3.1.2.3: always sent, and compared as text (docs/spec-map.md C-01, C-02).
Async<Outcome> check_redirect_uri(AuthorizeContext& context)
{
    const auto uri = context.form.find("redirect_uri");
    if (!uri) {
        co_return malformed("redirect_uri is missing.", "no redirect_uri", Tell::page);
    }
    if (!is_registered_redirect(*uri, context.settings().redirect_uris)) {
        co_return malformed("redirect_uri is not one the app registered.", "redirect_uri not registered",
                            Tell::page);
    }
    context.request.redirect_uri = *uri;
    context.request.response_mode = "query";
    // What is known of the client's wishes from here on serves a refusal too. A repeated state is nobody's.
    const auto states = context.form.find_all("state");
    if (states.size() == 1) {
        context.request.state = states.front();
    }
    if (context.form.find("response_mode") == "form_post" && takes_form_post(*uri)) {
        context.request.response_mode = "form_post";
    }
    co_return go_on();
}

}  // namespace tessera::oauth
