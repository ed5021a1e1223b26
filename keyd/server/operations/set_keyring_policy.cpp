#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> set_keyring_policy(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.set_keyring_policy(call.request.set_keyring_policy(), call.caller.uid));
    v1::Response response;
    *response.mutable_keyring() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
