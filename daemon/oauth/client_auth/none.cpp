#include <utility>

#include "daemon/oauth/client_auth/method.hpp"

namespace tessera::oauth {

namespace {

// RFC 6749 §3.2.1: a public client names itself and shows nothing.
bool is_presented(const Presented& presented)
{
    return presented.form.find("client_id").has_value() && !presented.form.find("client_secret")
           && !presented.form.find("client_assertion") && !presented.form.find("client_assertion_type")
           && presented.request.count("authorization") == 0;
}

Async<Believed> authenticate(const Presented& presented)
{
    std::string client_id{*presented.form.find("client_id")};
    auto found = co_await look_up_client(presented, client_id, client_auth::none.name);
    if (!found) {
        co_return Disbelief{found.error().detail, std::move(client_id), found.error()};
    }
    if (found.value().record == nullptr) {
        co_return Disbelief{std::move(found.value().reason), std::move(client_id), std::nullopt};
    }
    co_return AuthenticatedClient{std::move(found.value().record), client_auth::none.name, std::nullopt};
}

}  // namespace

namespace client_auth {
constinit const Method none{"none", is_presented, authenticate, Challenge::none};
}

}  // namespace tessera::oauth
