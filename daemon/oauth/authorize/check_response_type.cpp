#include <algorithm>

#include "daemon/oauth/authorize/context.hpp"

namespace tessera::oauth {

// RFC 6749 §3.1.1, §4.1.2.1: the client and its redirect URI are known here, so it hears of it. There is one way to ask.
Async<Outcome> check_response_type(AuthorizeContext& context)
{
    const auto type = context.form.find("response_type");
    if (!type) {
        co_return malformed("response_type is missing.", "no response_type");
    }
    if (*type != "code") {
        co_return AuthorizeRefusal{
            {ErrorCode::unsupported_response_type, "This response_type is not supported.", "response_type"}};
    }
    const auto& allowed = context.settings().grant_types;
    if (!context.profile->allows_grant_type("authorization_code")
        || std::ranges::find(allowed, "authorization_code") == allowed.end()) {
        co_return AuthorizeRefusal{{ErrorCode::unauthorized_client, "The app may not sign people in.",
                                    "authorization_code not allowed for the client"}};
    }
    co_return go_on();
}

}  // namespace tessera::oauth
