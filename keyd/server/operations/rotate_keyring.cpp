#include "keyd/server/operations/operations.hpp"

namespace tessera::keyd::server {

Answer<v1::Response> rotate_keyring(Rooms& rooms, Call& call)
{
    TRY(auto answer, rooms.keyrings.rotate_keyring(call.request.rotate_keyring(), call.caller.uid));
    v1::Response response;
    *response.mutable_keyring() = std::move(answer);
    return response;
}

}  // namespace tessera::keyd::server
