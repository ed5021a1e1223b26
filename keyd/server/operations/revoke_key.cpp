#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> revoke_key(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.revoke_key(call.request.revoke_key(), call.caller.uid));
    v1::Response response;
    *response.mutable_keyring() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
