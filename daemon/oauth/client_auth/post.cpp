#include <string>

#include "daemon/oauth/client_auth/method.hpp"

namespace tessera::oauth {

namespace {

bool is_presented(const Presented& presented) { return presented.form.find("client_secret").has_value(); }

// RFC 6749 §2.3.1: client_id and client_secret in the body.
Async<Believed> authenticate(const Presented& presented)
{
    const auto id = presented.form.find("client_id");
    if (!id) {
        co_return Disbelief{"no client_id",
                            {},
                            OAuthError{ErrorCode::invalid_request, "client_id is missing.",
                                       "client_secret without client_id"}};
    }
    co_return co_await authenticate_by_secret(presented, std::string{*id},
                                              std::string{*presented.form.find("client_secret")},
                                              client_auth::post.name);
}

}  // namespace

namespace client_auth {
constinit const Method post{"client_secret_post", is_presented, authenticate, Challenge::none};
}

}  // namespace tessera::oauth
