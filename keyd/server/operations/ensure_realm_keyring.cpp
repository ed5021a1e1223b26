#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

namespace {

Answer<v1::Response> respond(Answer<v1::KeyringView> answer)
{
    TRY(auto view, std::move(answer));
    v1::Response response;
    *response.mutable_keyring() = std::move(view);
    return response;
}

}  // namespace

// A realm that has its keyring, or may not have one, is answered from memory: only a new one waits for management.
OptionalAnswer find_realm_keyring(Rooms& rooms, Call& call)
{
    auto found = rooms.keyrings.find_realm_keyring(call.request.ensure_realm_keyring());
    return found ? OptionalAnswer{respond(std::move(*found))} : std::nullopt;
}

Answer<v1::Response> ensure_realm_keyring(Rooms& rooms, Call& call)
{
    return respond(rooms.keyrings.ensure_realm_keyring(call.request.ensure_realm_keyring(), call.caller.uid));
}

}  // namespace tessera::keyd::server
